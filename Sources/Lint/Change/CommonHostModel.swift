import CPUModel
import Hosts

extension StartCheck {
    /// The CPU that a guest with host-model starts with on every host. Nil if the hosts make different CPUs of it, if the
    /// domain capabilities of one are not known for the guest's platform, and without hosts.
    ///
    /// - Parameters:
    ///   - own: what the guest requests in addition: features and a vendor id.
    ///   - platform: the guest's platform.
    func commonHostModel(of own: CPUDefinition, for platform: DomainPlatform) -> CPUDefinition? {
        var common: CPUDefinition?
        for index in distinct {
            guard let expansion = try? hostModelExpansion(of: own, for: platform, on: index), expansion.isCertain else { return nil }
            if let common, common.model != expansion.cpu.model || common.outcomes != expansion.cpu.outcomes { return nil }
            common = expansion.cpu
        }
        return common
    }
}
