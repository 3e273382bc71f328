/// `<cell memAccess=…>`: whether other processes can share a NUMA cell's memory (libvirt, docs/formatdomain.rst).
public enum MemoryAccess: String, Sendable, CaseIterable {
    /// The memory can be shared with other processes, as vhost-user needs it.
    case shared
    /// The memory belongs to QEMU alone.
    case `private`
}
