/// What is wrong with a policy file, and where.
public struct PolicyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The policy's path, as it was named or found.
    public var file: String
    /// Counted from 1.
    public var line: Int
    /// In characters (Unicode scalars), counted from 1.
    public var column: Int
    /// What is wrong, with `(did you mean 'x'?)` where a spelling is near.
    public var message: String
    /// The way out, where the message does not already say it.
    public var help: String?

    /// Line and column count from 1, which is not checked.
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
