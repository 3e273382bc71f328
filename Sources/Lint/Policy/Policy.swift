public import LibvirtWords

/// The content of a policy file: the hosts that must run the guests, the CPU that guests should have, and the
/// severities of rules.
public struct Policy: Equatable, Sendable {
    /// The hosts; every guest must run on each of them.
    public var hosts: [HostPattern] = []
    /// The target of guests for which no entry of `guests` states another.
    public var `default`: Target = .hostModelOnly
    /// What happens to Windows guests whose CPU differs from the default.
    public var windows: WindowsPolicy = .keep
    /// Whether guests migrate between the hosts; nil if the policy does not say.
    public var migration: Bool?
    /// The oldest libvirt that reads the definitions; nil if the policy does not say.
    public var libvirt: LibvirtVersion?
    /// The severities of rules.
    public var rules = RuleSettings()
    /// Entries for some guests, in the order of the file. The first entry that matches a guest applies to it.
    public var guests: [GuestEntry] = []

    /// The policy that an empty file states.
    public init() {}
}
