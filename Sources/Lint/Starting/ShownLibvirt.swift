public import LibvirtWords
public import Hosts

extension DomainCapabilities {
    /// The oldest libvirt that can have written these domain capabilities, by the parts that later releases added
    /// (docs/formatdomaincaps.rst). Nil if no part shows it. The real version may be newer, because some parts also
    /// depend on the QEMU.
    public var oldestLibvirt: LibvirtVersion? {
        if models.contains(where: { $0.canonicalName != nil }) { return LibvirtVersion(major: 10, minor: 10) }
        if models.contains(where: { !$0.blockers.isEmpty }) { return LibvirtVersion(major: 10, minor: 9) }
        if models.contains(where: { $0.vendor != nil }) { return LibvirtVersion(major: 8, minor: 9) }
        if models.contains(where: \.isDeprecated) { return LibvirtVersion(major: 7, minor: 1) }
        return nil
    }
}
