/// Why a target cannot be applied to a guest.
struct Refusal: Error, CustomStringConvertible {
    /// The reason, in one line.
    var reason: String

    var description: String { reason }
}
