/// Why a host cannot be read.
public struct HostError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The source of the host: the path of a file, a libvirt URI, or `local`.
    public var file: String
    /// The line of the fault, counted from 1; 0 when the error has no place in a file.
    public var line: Int
    /// The column of the fault in bytes, counted from 1; 0 when the error has no place in a file.
    public var column: Int
    /// What is wrong, in one line, without the source and the place.
    public var message: String

    /// Without a line, the error is about the source as a whole.
    public init(file: String, line: Int = 0, column: Int = 0, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `FILE:LINE:COLUMN: error: MESSAGE`, or `FILE: error: MESSAGE` when there is no place.
    public var description: String {
        line > 0 ? "\(file):\(line):\(max(column, 1)): error: \(message)" : "\(file): error: \(message)"
    }
}
