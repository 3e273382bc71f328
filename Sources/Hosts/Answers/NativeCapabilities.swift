extension Host {
    /// The domain capabilities that are known for guests of the host's own architecture; those of hardware
    /// virtualisation come first.
    ///
    /// If none are known, a host named by a URI is asked about libvirt's default machine and emulator, with hardware
    /// virtualisation if the host has it.
    ///
    /// - Throws: `HostError` when a host named by a URI does not answer.
    public func nativeCapabilities() throws(HostError) -> [DomainCapabilities] {
        let native = domainCapabilities.filter { architecture == nil || $0.platform.architecture == architecture }
        let known = native.filter(\.platform.isAccelerated) + native.filter { !$0.platform.isAccelerated }
        guard known.isEmpty, let connection, let support = guestSupport.first(where: { $0.architecture == architecture })
        else { return known }
        guard let type = ["kvm", "hvf"].first(where: support.virtTypes.contains) ?? support.virtTypes.first else { return [] }
        let platform = DomainPlatform(architecture: support.architecture, virtType: type)
        return [try connection.domainCapabilities(for: platform)]
    }
}
