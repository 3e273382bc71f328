// The fixed words of libvirt's `<cpu>` (docs/formatdomain.rst, "CPU model and topology"), with libvirt's spelling as
// the raw value. Each is listed in libvirt's own order.

/// `<cpu mode=…>`: where the guest's CPU comes from.
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

/// `<cpu match=…>`: how the host's CPU must relate to the guest's.
public enum CPUMatch: String, Sendable, CaseIterable {
    /// The guest also gets every other feature of the host.
    case minimum
    /// The guest gets what the definition says; the host may have more.
    case exact
    /// libvirt refuses a host that has more than the guest.
    case strict
}

/// `<cpu check=…>`: what libvirt compares when the guest starts.
public enum CPUCheck: String, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// The definition with the host's CPU.
    case partial
    /// Also the definition with the CPU that the hypervisor created.
    case full
}

/// `<model fallback=…>`: whether libvirt may use the nearest model when the hypervisor does not know the named one.
public enum ModelFallback: String, Sendable, CaseIterable {
    /// libvirt may use the nearest model.
    case allow
    /// libvirt refuses the guest.
    case forbid
}

/// `<feature policy=…>`: what the guest wants of one CPU feature.
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

/// The values of `migratable` and `deprecated_features`.
public enum OnOff: String, Sendable, CaseIterable {
    /// Switched on.
    case on
    /// Switched off.
    case off
}

/// `<cache mode=…>`: the CPU cache that the guest sees.
public enum CacheMode: String, Sendable, CaseIterable {
    /// A cache that the hypervisor makes up.
    case emulate
    /// The host's cache.
    case passthrough
    /// No cache.
    case disable
}

/// `<maxphysaddr mode=…>`: the width of the guest's physical addresses.
public enum AddressMode: String, Sendable, CaseIterable {
    /// As many bits as the attribute `bits` says.
    case emulate
    /// As many bits as the host has.
    case passthrough
}
