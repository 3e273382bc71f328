/// JSON that is written piece by piece, for output of which there is much.
package struct JSONBytes {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Adds what is JSON already.
    package mutating func add(_ json: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount))
    }

    /// Adds what is JSON already.
    package mutating func add(_ json: [UInt8]) { bytes.append(contentsOf: json) }

    /// Adds what is JSON already.
    package mutating func add(_ json: String) { bytes.append(contentsOf: json.utf8) }

    /// Adds a string with its quotes. Control characters are escaped, those of C1 too: U+009B starts a terminal sequence just
    /// as ESC [ does.
    ///
    /// - Parameter text: UTF-8.
    package mutating func add(string text: some Collection<UInt8>) {
        // Growing would copy what is there of a long one.
        if text.count > bytes.capacity { bytes.reserveCapacity(bytes.count + text.count + 2) }
        bytes.append(0x22)
        var last: UInt8 = 0
        for byte in text {
            defer { last = byte }
            switch byte {
            case 0x80..<0xa0 where last == 0xc2:
                bytes.removeLast()
                add("\\u00")
                bytes.append(Self.digit(byte >> 4))
                bytes.append(Self.digit(byte & 15))
            case 0x22, 0x5c:
                bytes.append(0x5c)
                bytes.append(byte)
            case 0x0a: add("\\n")
            case 0x0d: add("\\r")
            case 0x09: add("\\t")
            case ..<0x20, 0x7f:
                add("\\u00")
                bytes.append(Self.digit(byte >> 4))
                bytes.append(Self.digit(byte & 15))
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }

    /// Adds a string with its quotes, or `null`.
    package mutating func add(string text: String?) {
        guard let text else { return add("null") }
        if !isPlain(text) { return add(string: text.utf8) }
        bytes.append(0x22)
        bytes.append(contentsOf: text.utf8)
        bytes.append(0x22)
    }

    /// Whether a text is printable ASCII without a character that JSON escapes.
    private func isPlain(_ text: String) -> Bool {
        let rank = text.utf8.highest { $0 == 0x22 || $0 == 0x5c ? 0xff : $0 &- 0x20 }
        return rank.map { $0 <= 0x7e - 0x20 } ?? false
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
