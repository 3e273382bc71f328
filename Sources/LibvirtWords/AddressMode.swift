/// `<maxphysaddr mode=…>`: the width of the guest's physical addresses (libvirt, docs/formatdomain.rst).
public enum AddressMode: String, Sendable, CaseIterable {
    /// The number of bits that the attribute `bits` states.
    case emulate
    /// The host's number of bits.
    case passthrough
}
