import Hosts
import LibvirtWords

extension StartCheck {
    /// The version that every host's libvirt has at least, by the domain capabilities for a platform. Nil if one of the
    /// hosts shows none, and without hosts.
    func shownLibvirt(for platform: DomainPlatform) -> LibvirtVersion? {
        let shown = hosts.indices.map { capabilities(of: $0, for: platform)?.capabilities.oldestLibvirt }
        return shown.allSatisfy { $0 != nil } ? shown.compactMap { $0 }.min() : nil
    }
}
