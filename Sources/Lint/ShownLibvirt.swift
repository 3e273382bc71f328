public import LibvirtWords
public import Hosts

extension DomainCapabilities {
    /// The oldest libvirt that can have written these, by what newer ones have added (docs/formatdomaincaps.rst, "since"
    /// there); nil where nothing shows it. It may be newer: what is added depends on the QEMU too.
    public var oldestLibvirt: LibvirtVersion? {
        if models.contains(where: { $0.canonicalName != nil }) { return LibvirtVersion(major: 10, minor: 10) }
        if models.contains(where: { !$0.blockers.isEmpty }) { return LibvirtVersion(major: 10, minor: 9) }
        if models.contains(where: { $0.vendor != nil }) { return LibvirtVersion(major: 8, minor: 9) }
        if models.contains(where: \.isDeprecated) { return LibvirtVersion(major: 7, minor: 1) }
        return nil
    }
}

extension StartCheck {
    /// Every host's libvirt is at least this, by what their domain capabilities for a platform show; nil where one of
    /// them shows nothing, and without hosts.
    func shownLibvirt(for platform: DomainPlatform) -> LibvirtVersion? {
        let shown = hosts.indices.map { capabilities(of: $0, for: platform)?.capabilities.oldestLibvirt }
        return shown.allSatisfy { $0 != nil } ? shown.compactMap { $0 }.min() : nil
    }
}
