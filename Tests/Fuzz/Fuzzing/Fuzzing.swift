import Glibc

/// Says which property does not hold, and ends with a trap, for libFuzzer to keep the input.
public func broken(_ property: String, _ evidence: String...) -> Never {
    let text = "broken: \(property)\n" + evidence.map { "  \($0)\n" }.joined()
    _ = Array(text.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    abort()
}

/// A property that must hold whatever the input.
public func expect(_ holds: Bool, _ property: @autoclosure () -> String, _ evidence: @autoclosure () -> String = "") {
    if !holds { broken(property(), evidence()) }
}

/// The bytes of an input: its first few choose how the rest is used.
public struct Input {
    private var bytes: UnsafeRawBufferPointer

    public init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
        bytes = UnsafeRawBufferPointer(start: start, count: count)
    }

    /// The next byte; 0 behind the last.
    public mutating func choice() -> Int {
        guard let first = bytes.first else { return 0 }
        bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        return Int(first)
    }

    public var rest: [UInt8] { Array(bytes) }
}

/// The text in UTF-16, without the encoder that is tested.
public func utf16(_ text: String, isBig: Bool) -> [UInt8] {
    text.utf16.flatMap { isBig ? [UInt8($0 >> 8), UInt8($0 & 0xff)] : [UInt8($0 & 0xff), UInt8($0 >> 8)] }
}

extension Sequence {
    /// The place behind so many bytes counted naively: lines end at a line feed, columns are Unicode scalars.
    public func place(behind count: Int) -> (line: Int, column: Int) where Element == UInt8 {
        var line = 1, column = 1
        for byte in prefix(count) {
            if byte == 0x0a {
                line += 1
                column = 1
            } else if byte & 0xc0 != 0x80 {
                column += 1
            }
        }
        return (line, column)
    }
}
