/// `<cpu mode=…>`: where the guest's CPU comes from (libvirt, docs/formatdomain.rst).
public enum CPUMode: String, Sendable, CaseIterable {
    /// The named model.
    case custom
    /// The host's CPU, which libvirt spells out when the guest starts.
    case hostModel = "host-model"
    /// The host's own CPU.
    case hostPassthrough = "host-passthrough"
    /// Every feature that the hypervisor can provide.
    case maximum
}

extension CPUMode {
    /// libvirt keeps the `vendor_id` of `<model>`. Under host-passthrough and maximum, it drops it when it writes the definition
    /// (`virsh dumpxml --inactive`; maximum tried with 9.0 alone).
    public var keepsVendorID: Bool { self == .custom || self == .hostModel }
}
