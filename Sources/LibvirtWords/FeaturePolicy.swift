/// `<feature policy=…>`: what the guest wants of one CPU feature (libvirt, docs/formatdomain.rst).
public enum FeaturePolicy: String, Sendable, CaseIterable {
    /// The guest gets it, whether or not the host has it.
    case force
    /// The guest gets it; libvirt refuses a host without it.
    case require
    /// The guest gets it where the host has it.
    case optional
    /// The guest does not get it.
    case disable
    /// The guest does not get it, and libvirt refuses a host that has it.
    case forbid
}
