extension CPUDriver {
    /// The driver that compares the CPUs of an architecture.
    ///
    /// - Parameter architecture: libvirt's name; nil if it is not known.
    /// - Returns: nil if libvirt compares no CPUs of this architecture. For arm its CPU map only lists models; for
    ///   s390x, riscv64 and others it has nothing.
    public init?(architecture: String?) {
        guard let driver = architecture.flatMap({ Architecture(name: $0).facts.driver }) else { return nil }
        self = driver
    }
}
