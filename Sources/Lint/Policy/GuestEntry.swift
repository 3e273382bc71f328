/// One entry of a policy's `guests`: settings for the guests that `match` describes.
public struct GuestEntry: Equatable, Sendable {
    /// The guests that the entry is for.
    public var match: GuestMatch
    /// The operating system of these guests, whatever their definitions show; nil if the definitions decide.
    public var os: GuestOS?
    /// The hosts that must run these guests; nil if all of the policy's must.
    public var hosts: [HostName]?
    /// The target for these guests; nil if the policy's applies.
    public var `default`: Target?
    /// What happens to these guests if they run Windows; nil if the policy's setting applies.
    public var windows: WindowsPolicy?
    /// Settings that override the policy's, rule by rule.
    public var rules: RuleSettings

    /// Creates an entry without an `os` and without hosts, which can be set afterwards.
    public init(
        match: GuestMatch, default: Target? = nil, windows: WindowsPolicy? = nil, rules: RuleSettings = RuleSettings()
    ) {
        self.match = match
        self.default = `default`
        self.windows = windows
        self.rules = rules
    }
}
