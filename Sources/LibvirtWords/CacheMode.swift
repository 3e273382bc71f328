/// `<cache mode=…>`: the CPU cache that the guest sees (libvirt, docs/formatdomain.rst).
public enum CacheMode: String, Sendable, CaseIterable {
    /// A cache that the hypervisor makes up.
    case emulate
    /// The host's cache.
    case passthrough
    /// No cache.
    case disable
}
