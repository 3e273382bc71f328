/// A line and a column of the input, as an editor shows them.
public struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    /// The line, counted from 1. A line ends at a line feed.
    public var line: Int
    /// The column in Unicode scalars, counted from 1.
    public var column: Int

    /// Makes a position of a line and a column. Both count from 1, which is not checked.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// `LINE:COLUMN`, the form used in messages.
    public var description: String { "\(line):\(column)" }
}
