/// Text for a terminal that is put together from many pieces: as bytes, because a report has many findings.
struct TerminalBytes {
    private(set) var bytes: [UInt8] = []

    /// - Parameter capacity: the number of bytes to expect.
    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// The text.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func add(_ text: Slice<UnsafeBufferPointer<UInt8>>) { bytes.append(contentsOf: text) }

    /// Adds text from files, made safe for a terminal.
    mutating func add(printable text: String) { add(Reports.printable(text)) }

    mutating func add(_ byte: Unicode.Scalar, times count: Int) {
        bytes.append(contentsOf: repeatElement(UInt8(ascii: byte), count: max(count, 0)))
    }
}
