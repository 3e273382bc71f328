/// Text from files, made safe for a terminal: control characters appear as their Unicode pictures, and characters that
/// change the direction of text as U+FFFD.
package func printable(_ text: String) -> String {
    if let rank = text.utf8.highest({ $0 == 0x09 ? 0 : $0 &- 0x20 }), rank <= 0x7e - 0x20 { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x09: result.append(scalar)
        case 0..<0x20: result.append(Unicode.Scalar(0x2400 + scalar.value)!)
        case 0x7f: result.append("\u{2421}")
        case 0x80..<0xa0, 0x202a...0x202e, 0x2066...0x2069: result.append("\u{fffd}")
        default: result.append(scalar)
        }
    }
    return String(result)
}

extension String.UTF8View {
    /// The highest rank of a byte, 0 where there is none; nil where the bytes are not in one piece.
    ///
    /// All are looked at, because the compiler then compares sixteen at a time. A loop that ends at the first byte of a kind is
    /// compiled to one byte at a time.
    @inline(__always)
    func highest(_ rank: (UInt8) -> UInt8) -> UInt8? {
        withContiguousStorageIfAvailable { bytes in
            var highest: UInt8 = 0
            for byte in bytes { highest = Swift.max(highest, rank(byte)) }
            return highest
        }
    }
}
