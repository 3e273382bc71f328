/// `<cpu check=…>`: what libvirt compares when the guest starts (libvirt, docs/formatdomain.rst).
public enum CPUCheck: String, Sendable, CaseIterable {
    /// Nothing is compared.
    case none
    /// The definition is compared with the host's CPU.
    case partial
    /// The definition is compared with the host's CPU and with the CPU that the hypervisor created.
    case full
}
