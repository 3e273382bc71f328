import CPUModel
import Hosts
import LibvirtWords

/// The languages in which a CPU with a named model can be written.
package enum CPUWords: String, CaseIterable, Sendable {
    /// libvirt's domain XML.
    case libvirt
    /// `spec.domain` of a KubeVirt VirtualMachineInstance.
    case kubevirt
    /// `nova.conf` of OpenStack (nova, doc/source/admin/cpu-models.rst; the signs of the flags: nova/conf/libvirt.py).
    case openstack
    /// `libvirt_domain` of the Terraform provider dmacvicar/libvirt, 0.9 or newer: older ones cannot name a model.
    case terraform

    /// The CPU in these words, with a line feed at the end.
    package func text(_ cpu: CPUDefinition) -> String {
        switch self {
        case .libvirt: cpu.xml
        case .kubevirt: kubevirt(cpu)
        case .openstack: openstack(cpu)
        case .terraform: terraform(cpu)
        }
    }

    /// A comment on a line of its own.
    package func comment(_ text: String) -> String {
        // A name could contain what ends an XML comment.
        self == .libvirt ? "<!-- \(text.replacingEach("--", with: "- -")) -->\n" : "# \(text)\n"
    }

    private func kubevirt(_ cpu: CPUDefinition) -> String {
        var lines = ["cpu:", "  model: \(cpu.model ?? "")"]
        if !cpu.features.isEmpty { lines.append("  features:") }
        lines += cpu.features.flatMap { ["  - name: \($0.name)", "    policy: \($0.policy.rawValue)"] }
        return lines.map { $0 + "\n" }.joined()
    }

    private func openstack(_ cpu: CPUDefinition) -> String {
        var lines = ["[libvirt]", "cpu_mode = custom", "cpu_models = \(cpu.model ?? "")"]
        let flags = cpu.features.map { ([.disable, .forbid].contains($0.policy) ? "-" : "+") + $0.name }
        if !flags.isEmpty { lines.append("cpu_model_extra_flags = \(flags.joined(separator: ","))") }
        return lines.map { $0 + "\n" }.joined()
    }

    private func terraform(_ cpu: CPUDefinition) -> String {
        var lines = ["cpu = {", "  mode           = \"custom\"", "  match          = \"\(cpu.match.rawValue)\"", "  model          = \"\(cpu.model ?? "")\""]
        lines.append("  model_fallback = \"\(cpu.fallback.rawValue)\"")
        if let vendor = cpu.vendor { lines.append("  vendor         = \"\(vendor)\"") }
        if !cpu.features.isEmpty {
            lines.append("  features = [")
            lines += cpu.features.map { "    { name = \"\($0.name)\", policy = \"\($0.policy.rawValue)\" }," }
            lines.append("  ]")
        }
        return (lines + ["}"]).map { $0 + "\n" }.joined()
    }
}
