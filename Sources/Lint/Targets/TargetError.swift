/// Why a word is not a target.
public struct TargetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, with `(did you mean 'x'?)` if a target is near.
    public var message: String
    /// What to do about it; nil if the message says it.
    public var help: String?

    /// The message, and the help in parentheses.
    public var description: String { message + (help.map { " (\($0))" } ?? "") }
}
