/// The operating system that a policy states for guests.
public enum GuestOS: String, Equatable, Sendable, CaseIterable {
    /// Windows.
    case windows
    /// Any system except Windows.
    case other
}
