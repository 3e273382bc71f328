/// An error in a policy file, with its position.
public struct PolicyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The policy's path as the caller gave it.
    public var file: String
    /// Counted from 1.
    public var line: Int
    /// In characters (Unicode scalars), counted from 1.
    public var column: Int
    /// What is wrong, with `(did you mean 'x'?)` if a known word is near.
    public var message: String
    /// What to do about it; nil if the message says it.
    public var help: String?

    /// Line and column are counted from 1; the numbers are not checked.
    public init(file: String, line: Int, column: Int, message: String, help: String? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.help = help
    }

    /// `FILE:LINE:COLUMN: error: MESSAGE`, and the help on a line of its own.
    public var description: String {
        "\(file):\(line):\(column): error: \(message)" + (help.map { "\n    = help: \($0)" } ?? "")
    }
}
