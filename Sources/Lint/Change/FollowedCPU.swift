import CPUModel
import Hosts

/// What a guest that follows its host has on one host.
struct FollowedCPU: Equatable {
    /// What the guest gets, in a few words: the model, or whose processor it is.
    var name: String
    /// The same, with "probably" if another model is possible.
    var words: String
    /// The features that the guest sees, as far as they are known.
    var features: FeatureSet
    /// The domain capabilities for the guest's own platform are known.
    var isCertain: Bool
}

extension StartCheck {
    /// What a guest that follows its host has on a host. Nil for another guest, and if too little is known of the host.
    ///
    /// - Parameters:
    ///   - guest: the guest, of x86.
    ///   - host: an index of the hosts.
    func followedCPU(of guest: GuestRecord, on host: Int) -> FollowedCPU? {
        let source = CPUSource(guest)
        guard source.isX86, guest.cpu.refused.isEmpty else { return nil }
        switch source.kind {
        case .model, .hypervisorDefault: return nil
        case .hostModel, .minimum:
            guard let expansion = try? hostModelExpansion(of: source.definition, for: guest.platform, on: host),
                let model = expansion.cpu.model, let seen = visible(expansion.cpu, guest.platform, guest.topology, on: host)
            else { return nil }
            return FollowedCPU(
                name: model, words: (expansion.isCertain ? "" : "probably ") + model, features: seen.features, isCertain: expansion.isCertain)
        case .passthrough, .maximum:
            let isCertain = capabilities(of: host, for: guest.platform)?.isOwn ?? false
            guard let offered = isCertain ? offered(host, for: guest.platform) : fullHost(host, for: guest.platform)?.features else { return nil }
            let x86 = knowledge.x86, outcomes = source.definition.outcomes
            let isAccelerated = guest.platform.isAccelerated
            let withheld = isAccelerated ? X86Map.notGivenByKVM + (guest.cpu.isMigratable == false ? [] : X86Map.notMigratableInQEMU) : []
            let given = offered - x86.bits(ofFeatures: withheld) | x86.bits(ofFeatures: outcomes.filter(\.value).map(\.key)) & offered
            let signature = isAccelerated ? hosts[host].cpu?.signature : nil
            let name = isAccelerated ? "the host's processor" + (signature.map { " (\($0))" } ?? "") : "all that QEMU emulates"
            return FollowedCPU(
                name: name, words: name,
                features: (given | x86.bits(ofFeatures: ["hypervisor"])) - x86.bits(ofFeatures: outcomes.filter { !$0.value }.map(\.key)),
                isCertain: isCertain)
        }
    }
}
