/// What happens to a Windows guest whose CPU differs from the policy's default.
public enum WindowsPolicy: String, Equatable, Sendable, CaseIterable {
    /// The guest keeps its CPU, and a finding says what the default would make of it.
    case keep
    /// A CPU that follows the host is rewritten to what the guest gets there today (target `pin`), if the guest sees no change.
    case pin
    /// As `pin`, also if the guest sees a change.
    case pinAnyway = "pin-anyway"
    /// The CPU is rewritten to the default, as that of any other guest.
    case rewrite

    /// The target is `pin`, whatever the default is.
    package var pins: Bool { self == .pin || self == .pinAnyway }
    /// The guest never gets a CPU that it can tell from its present one.
    var keepsWhatIsSeen: Bool { self == .keep || self == .pin }
}
