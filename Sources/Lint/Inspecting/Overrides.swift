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

    /// Definitions are judged in order to fix them.
    package var fixes = false
    /// The options of the command line that decide what a guest is rewritten to, each with its value, as a shell takes them:
    /// advice that names a command repeats them.
    package var options: [String] = []

    /// No overrides.
    public init() {}
}
