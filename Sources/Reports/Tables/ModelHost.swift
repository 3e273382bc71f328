import CPUModel
import Hosts

/// What a host says about CPU models.
package struct ModelHost {
    package let name: String
    /// What the host's hypervisor can give to guests; nil if that is not known.
    let hypervisor: DomainCapabilities?
    private let map: CPUMap
    /// The features of the host's CPU; nil if it is unknown.
    private let features: FeatureSet?

    /// - Parameter hypervisors: the domain capabilities for the host's own architecture.
    /// - Throws: `CPUModelError` for a host whose model the map does not have.
    package init(_ host: Host, hypervisors: [DomainCapabilities], map: CPUMap) throws(CPUModelError) {
        name = host.name
        self.map = map
        hypervisor = hypervisors.first { !$0.models.isEmpty }
        features = if let cpu = host.cpu, cpu.model != nil { try map.x86.host(cpu).features } else { nil }
    }

    func missing(of model: X86Model) -> [String]? { features.map { map.x86.featureNames(in: model.features - $0) } }

    /// Whether the host can give the model to guests, in a few words.
    func word(on model: X86Model) -> String {
        guard let hypervisor else {
            guard let missing = missing(of: model) else { return "nothing is known of its CPU" }
            return missing.isEmpty ? "complete" : "lacks \(shortened(missing))"
        }
        guard let listed = hypervisor.model(named: model.name) else { return "not listed" }
        let word = switch listed.usability {
        case .yes: "usable"
        case .unknown: "usability unknown"
        case .no where !listed.blockers.isEmpty: "unusable: missing \(shortened(listed.blockers))"
        // libvirt prints blockers since 10.9. For an older libvirt, the features that the processor lacks are the
        // likely reason.
            case .no:
                missing(of: model).map { $0.isEmpty ? "unusable" : "unusable: the processor lacks \(shortened($0))" }
                    ?? "unusable"
        }
        return word + (listed.isDeprecated ? ", deprecated" : "")
    }

    /// The first eight names: a versioned model can lack a hundred vmx-* features.
    private func shortened(_ names: [String]) -> String {
        names.prefix(8).joined(separator: " ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
}
