/// How a document's bytes represent characters.
///
/// Only encodings in which every character has a known number of bytes are listed: byte offsets could not be computed
/// in others, and ``DomainReader`` refuses them.
public enum DocumentEncoding: Sendable, Equatable {
    /// UTF-8, with or without a byte order mark.
    case utf8
    /// One byte for each character; bytes below 128 are ASCII (ISO-8859-x, windows-125x, KOI8-R and others).
    case singleByte
    /// UTF-16, low byte first, with or without a byte order mark. A character above U+FFFF takes two code units.
    case utf16LittleEndian
    /// UTF-16, high byte first, with or without a byte order mark. A character above U+FFFF takes two code units.
    case utf16BigEndian

    /// The number of bytes in a code unit: 2 in UTF-16 and 1 otherwise. Every ASCII character is one code unit.
    public var unitWidth: Int {
        switch self {
        case .utf8, .singleByte: 1
        case .utf16LittleEndian, .utf16BigEndian: 2
        }
    }

    /// The code unit that starts at a byte index.
    func unit(in bytes: UnsafeRawBufferPointer, at index: Int) -> UInt16 {
        switch self {
        case .utf8, .singleByte: UInt16(bytes[index])
        case .utf16LittleEndian: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
        case .utf16BigEndian: UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
        }
    }

    /// Encodes text that is to be inserted into a document.
    ///
    /// Under ``singleByte``, every character above ASCII becomes a character reference (`&#233;`), because the encoding
    /// may lack it. The text must therefore be element content or an attribute value.
    public func encode(_ text: String) -> [UInt8] {
        switch self {
        case .utf8: return Array(text.utf8)
        case .singleByte:
            var bytes: [UInt8] = []
            for scalar in text.unicodeScalars {
                if scalar.isASCII {
                    bytes.append(UInt8(scalar.value))
                } else {
                    bytes += "&#\(scalar.value);".utf8
                }
            }
            return bytes
        case .utf16LittleEndian, .utf16BigEndian:
            var bytes: [UInt8] = []
            bytes.reserveCapacity(2 * text.utf8.count)
            for unit in text.utf16 {
                let (low, high) = (UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8))
                bytes.append(self == .utf16LittleEndian ? low : high)
                bytes.append(self == .utf16LittleEndian ? high : low)
            }
            return bytes
        }
    }
}
