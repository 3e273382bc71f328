/// A CPU driver of libvirt (src/cpu), by the CPUs that it compares with each other.
public enum CPUDriver: Sendable {
    /// The driver for i686 and x86_64.
    case x86
    /// The driver for ppc64 and ppc64le.
    case ppc64
}
