/// What the key `extends` of a policy names.
public struct PolicyReference: Equatable, Sendable {
    /// The path as it is written in the policy.
    public var word: String
    /// The line of the path, counted from 1.
    public var line: Int
    /// The column of the path in characters, counted from 1.
    public var column: Int
}
