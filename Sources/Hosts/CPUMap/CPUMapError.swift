/// Why a CPU map cannot be read, and where the fault is.
public struct CPUMapError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path of the file at fault.
    public var file: String
    /// The line of the fault, counted from 1; 0 when the error is about the whole file.
    public var line: Int
    /// What is wrong, in one line, without the place.
    public var message: String

    /// Without a line, the error is about the whole file.
    public init(file: String, line: Int = 0, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    /// `FILE:LINE: MESSAGE`, or `FILE: MESSAGE` when there is no line.
    public var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }
}
