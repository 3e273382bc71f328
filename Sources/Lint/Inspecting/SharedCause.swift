/// Two rules that report one cause. A guest gets one finding of it, that of the rule that says more.
struct SharedCause: Sendable {
    /// The rule whose finding becomes a note of the other one.
    var yielding: String
    /// The rule whose finding stays.
    var kept: String
    /// The note also has the help of the finding that becomes one.
    var keepsHelp = false
    /// Whether both findings have one cause in a guest.
    var applies: @Sendable (Inspection) -> Bool = { _ in true }
}
