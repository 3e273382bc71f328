extension LibvirtConnection {
    /// The host that libvirt runs on, from `virsh capabilities`. Domain capabilities are asked for when a guest needs
    /// them.
    ///
    /// - Throws: `HostError` with the message of virsh, or for an answer that does not describe a host.
    public func host() throws(HostError) -> Host {
        var host = try HostFiles.read([(uri, try answer(to: ["capabilities"]))])[0]
        host.name = hostName
        host.connection = self
        return host
    }

    /// The domain capabilities for a platform, from `virsh domcapabilities`.
    ///
    /// - Throws: `HostError` with the message of virsh, for example when the hypervisor does not run the platform, or
    ///   for an answer that is something else.
    public func domainCapabilities(for platform: DomainPlatform) throws(HostError) -> DomainCapabilities {
        var query = ["domcapabilities"]
        let options = [
            ("arch", platform.architecture), ("virttype", platform.virtType), ("machine", platform.machine),
            ("emulatorbin", platform.emulator),
        ]
        // After '=', a value that begins with '-' is still a value.
        for case (let name, let value?) in options { query.append("--\(name)=\(value)") }
        let hosts = try HostFiles.read([(uri, try answer(to: query))])
        guard let answer = hosts.first?.domainCapabilities.first else {
            throw HostError(file: uri, message: "virsh domcapabilities did not print domain capabilities")
        }
        return answer
    }
}
