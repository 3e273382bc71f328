/// The most that the description of a host may hold. Each limit is several times what the largest hosts need, so that a
/// hostile file is refused before it costs time and memory.
enum HostLimits {
    /// Bytes of one file, or of one answer of virsh. The capabilities of large hosts are a few hundred kilobytes.
    static let bytes = 16 << 20
    /// Documents in one file.
    static let documents = 256
    /// Files that are read as hosts at one time.
    static let files = 4096
    /// Attributes of a start tag: libxml2 compares each with each.
    static let attributes = 1024
    /// Models that one hypervisor lists. QEMU 10 lists 145.
    static let models = 4096
    /// Features of one CPU, and blockers of one model. libvirt 11.3 knows 364 features.
    static let features = 4096
}
