public import LibvirtWords
public import Hosts

extension Host {
    /// The release of the host's libvirt: what is stated for the host, or what the libvirt of a URI reports, or else the
    /// policy's oldest, unless the host's domain capabilities show that its libvirt is newer. Nil if nothing says it.
    public func libvirtRelease(oldest: LibvirtVersion?, _ knowledge: CPUKnowledge) -> LibvirtVersion? {
        if let release = libvirtRelease { return release }
        guard let oldest else { return nil }
        return max(oldest, shownLibvirt(knowledge) ?? oldest)
    }

    /// The oldest libvirt that the host can have, by the parts and the names in its XML. Nil if nothing shows it.
    package func shownLibvirt(_ knowledge: CPUKnowledge) -> LibvirtVersion? {
        let shown = domainCapabilities.compactMap(\.oldestLibvirt) + [knowledge.releaseShown(by: self)].compactMap { $0 }
        return shown.max()
    }
}

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
