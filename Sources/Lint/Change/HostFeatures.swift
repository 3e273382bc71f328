import CPUModel
import Hosts

/// The features that the hosts provide to guests of one platform, as far as they are known.
struct HostFeatures {
    private let x86: X86Map
    /// The features that every host provides; nil if that is not known.
    private var everywhere: FeatureSet?
    /// The features that at least one host provides.
    private var anywhere = FeatureSet()

    init(_ hosts: StartCheck, _ platform: DomainPlatform) {
        x86 = hosts.knowledge.x86
        guard !hosts.hosts.isEmpty, platform.isX86 else { return }
        for index in hosts.distinct {
            guard let offered = hosts.offered(index, for: platform) else {
                everywhere = nil
                return
            }
            everywhere = everywhere.map { $0 & offered } ?? offered
            anywhere |= offered
        }
    }

    /// Whether the hosts provide a feature. Nil if they differ, and if that is not known.
    subscript(feature: String) -> Bool? {
        guard let everywhere, let bits = x86.bits(ofFeature: feature) else { return nil }
        if bits.isSubset(of: everywhere) { return true }
        return bits.isSubset(of: anywhere) ? nil : false
    }
}
