/// `<model fallback=…>`: whether libvirt may use the nearest model when the hypervisor does not know the named one
/// (libvirt, docs/formatdomain.rst).
public enum ModelFallback: String, Sendable, CaseIterable {
    /// libvirt may use the nearest model.
    case allow
    /// libvirt refuses the guest.
    case forbid
}
