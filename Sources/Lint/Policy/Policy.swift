public import LibvirtWords

/// The content of a policy file: the hosts that must run the guests, the CPU that guests should have, and the
/// severities of rules.
public struct Policy: Equatable, Sendable {
    /// The built-in policy below this one; nil if there is none. Its values are among the other properties already.
    public var profile: Profile?
    /// The hosts; every guest must run on each of them.
    public var hosts: [HostPattern] = []
    /// The hosts between which guests move; empty if guests move between all hosts.
    public var clusters: [HostCluster] = []
    /// The target of guests for which no entry of `guests` states another. Nil if the policy states none: then guests
    /// keep the CPU that their definitions state.
    public var `default`: Target?
    /// What happens to Windows guests whose CPU differs from the default.
    public var windows: WindowsPolicy = .keep
    /// Whether guests migrate between the hosts; nil if the policy does not say.
    public var migration: Bool?
    /// The oldest libvirt that reads the definitions; nil if the policy does not say.
    public var libvirt: LibvirtVersion?
    /// Patterns, as those of a `.gitignore` file in the policy's directory, for definitions that are not checked unless
    /// somebody names them.
    public var exclude: [String] = []
    /// Patterns, as those of `exclude`, for definitions whose names are not `*.xml` or that lie in hidden directories.
    public var include: [String] = []
    /// The severities of rules.
    public var rules = RuleSettings()
    /// Entries for some guests, in the order of the file. The first entry that matches a guest applies to it.
    public var guests: [GuestEntry] = []

    /// A line for each name in a target of which it cannot be known whether a host has it: `policy:3:20: whether …`.
    public internal(set) var uncertainNames: [String] = []

    /// The policy that an empty file states.
    public init() {}
}
