/// What happens to a Windows guest whose CPU differs from the policy's default.
public enum WindowsPolicy: String, Equatable, Sendable, CaseIterable {
    /// The guest keeps its CPU, and a finding says what the default would make of it.
    case keep
    /// The CPU is rewritten to what the guest gets on the host today (target `pin`).
    case pin
    /// The CPU is rewritten to the default, as that of any other guest.
    case rewrite
}
