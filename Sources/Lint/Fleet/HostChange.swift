import CPUModel
import Hosts

/// A change of what hosts offer, as an update of microcode makes it: `hv1*:-hle,-rtm`.
package struct HostChange: Sendable, Equatable {
    /// Matches the names of the hosts.
    package var pattern: String
    package var added: [String] = []
    package var removed: [String] = []

    /// Reads `PATTERN:-FEATURE,+FEATURE`; without a pattern, all hosts change.
    ///
    /// - Parameter x86: the CPU map, which knows the features.
    /// - Throws: `FleetError`.
    package init(_ text: String, _ x86: X86Map) throws(FleetError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        pattern = parts.count == 2 ? String(parts[0]) : "*"
        for word in parts.last!.split(separator: ",", omittingEmptySubsequences: false) {
            let name = String(word.dropFirst())
            guard let sign = word.first, sign == "-" || sign == "+", !name.isEmpty else {
                throw FleetError("\(quoted(text)): expected PATTERN:-FEATURE,+FEATURE, not \(quoted(String(word)))")
            }
            guard x86.feature(named: name) != nil else {
                let near = nearest(name, among: x86.features.map(\.name)).map { " (did you mean \($0)?)" } ?? ""
                throw FleetError("\(quoted(text)): no CPU map has the feature \(quoted(name))\(near)")
            }
            if sign == "-" { removed.append(name) } else { added.append(name) }
        }
    }

    /// Whether a host changes.
    package func applies(to host: String) -> Bool { Glob(pattern).matches(host) }

    /// A host as it is after the change: libvirt names the processor by the nearest model, and the hypervisor reports what its
    /// models lack.
    ///
    /// - Throws: `CPUModelError` for a host whose CPU the map does not know.
    package func changed(_ host: Host, _ map: CPUMap) throws -> Host {
        let x86 = map.x86
        let off = x86.bits(ofFeatures: removed), on = x86.bits(ofFeatures: added)
        var host = host
        // The keys of kinds are those of what is known, and that is another now.
        host.kind = nil
        if let cpu = host.cpu, cpu.driver == .x86, cpu.model != nil {
            let set = try (x86.host(leniently: cpu).features | on) - off
            var changed = try x86.decode(set, vendor: cpu.vendor, signature: cpu.signature, as: .host)
            changed.architecture = cpu.architecture
            host.cpu = changed
        }
        for index in host.domainCapabilities.indices where host.domainCapabilities[index].platform.isX86 {
            change(&host.domainCapabilities[index], x86, off: off, on: on)
        }
        return host
    }

    private func change(_ capabilities: inout DomainCapabilities, _ x86: X86Map, off: FeatureSet, on: FeatureSet) {
        guard capabilities.platform.isAccelerated else { return }
        if var model = capabilities.hostModel {
            model.features.removeAll { removed.contains($0.name) || added.contains($0.name) }
            let own = model.model.flatMap { x86.model(named: $0) }?.features ?? FeatureSet()
            model.features += x86.featureNames(in: on - own).map { CPUDefinition.Feature($0, .require) }
            model.features += x86.featureNames(in: off & own).map { CPUDefinition.Feature($0, .disable) }
            capabilities.hostModel = model
        }
        let models = capabilities.models.map { listed in
            var listed = listed
            guard let own = x86.model(named: listed.name), listed.usability != .unknown else { return listed }
            listed.blockers.removeAll { added.contains($0) }
            for name in removed where !listed.blockers.contains(name) {
                if let bits = x86.bits(ofFeature: name), bits.isSubset(of: own.features) { listed.blockers.append(name) }
            }
            listed.usability = listed.blockers.isEmpty ? .yes : .no
            return listed
        }
        capabilities = DomainCapabilities(
            platform: capabilities.platform, modes: capabilities.modes, hostModel: capabilities.hostModel,
            hostModelAddresses: capabilities.hostModelAddresses, hostPassthroughAddresses: capabilities.hostPassthroughAddresses,
            models: models)
    }
}
