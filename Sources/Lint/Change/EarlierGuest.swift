/// What is known about an earlier version of a guest's definition.
public enum EarlierGuest: Sendable {
    /// Nothing, because nobody looked for one. Rules about changes then find nothing.
    case unknown
    /// There is no earlier version, so nothing is installed in the guest yet.
    case new
    /// The earlier version, and the file that contains it, as messages name it.
    indirect case old(GuestRecord, file: String)
}
