/// A fault in an element that describes a CPU.
public struct CPUElementError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line of the fault in the document that the element is from, counted from 1.
    public var line: Int
    /// What is wrong, in one line, without the place.
    public var message: String

    /// A fault on a line, which is counted from 1.
    public init(line: Int, message: String) {
        self.line = line
        self.message = message
    }

    /// `line LINE: MESSAGE`.
    public var description: String { "line \(line): \(message)" }
}
