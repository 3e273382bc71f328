/// A place in a policy.
enum PolicyPlace: Hashable {
    /// The policy as a whole.
    case policy
    /// A key at the top level.
    case key(String)
    /// A rule in `rules`, or one of its tags.
    case rule(String, tags: [String])
    /// An entry of `guests`, counted from 0.
    case guest(Int)
}
