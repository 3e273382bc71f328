import CPUModel
import Hosts
import Lint

/// The findings of one rule in a guest with this `<cpu>`.
func findings(
    of rule: String, _ cpu: String, type: String = "kvm", windows: Bool = false, policy: String = "default: keep",
    hosts: [Host] = []
) throws -> [Finding] {
    try judge(domain(cpu, type: type, windows: windows), policy: policy, hosts: hosts).findings.filter { $0.rule == rule }
}

/// The `<cpu>` with a named model.
func cpu(model: String, _ children: String = "") -> String {
    "<cpu mode='custom' match='exact'><model fallback='forbid'>\(model)</model>\(children)</cpu>"
}

extension Host {
    /// An x86 host, known by its capabilities.
    init(_ name: String, model: String, vendor: String, features: [String] = [], signature: CPUSignature? = nil) {
        self.init(
            name: name,
            cpu: CPUDefinition(
                kind: .host, architecture: "x86_64", model: model, vendor: vendor, signature: signature,
                features: features.map { .init($0) }))
    }
}
