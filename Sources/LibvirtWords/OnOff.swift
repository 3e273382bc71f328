/// The values of `migratable` and `deprecated_features`.
public enum OnOff: String, Sendable, CaseIterable {
    /// Switched on.
    case on
    /// Switched off.
    case off
}
