/// Settings of the command line, which override the policy.
public struct Overrides: Sendable, Equatable {
    /// The target of all guests; nil if the policy decides.
    public var target: Target?
    /// What happens to Windows guests; nil if the policy decides.
    public var windows: WindowsPolicy?
    /// Settings of rules. They override those of the policy and of its guest entries.
    public var rules = RuleSettings()
    /// Nothing is installed in any guest yet, so Windows guests can be rewritten.
    public var isNewGuest = false
    /// The findings that are wanted. Others are not created.
    public var wanted = WantedFindings.all

    /// No overrides.
    public init() {}
}
