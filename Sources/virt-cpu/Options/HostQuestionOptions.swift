import Work

extension HostQuestion {
    /// A question whose hosts are those of the command line or of a policy.
    init(_ map: CPUMapOptions, _ libvirt: LibvirtOptions, _ policy: PolicyOptions) throws {
        try self.init(
            map.source, libvirt: map.libvirt, timeout: libvirt.timeout, policyFile: policy.config,
            ignoresPolicies: policy.noConfig)
    }
}
