internal import CLibXML2
import Glibc

/// How a document's bytes spell characters. Only encodings whose positions can be counted are read.
public enum DocumentEncoding: Sendable, Equatable {
    /// UTF-8, with or without a byte order mark.
    case utf8
    /// One byte a character, ASCII below 128 (ISO-8859-x, windows-125x, KOI8-R …).
    case singleByte
    /// Two bytes a code unit, two code units for characters above U+FFFF; with or without a byte order mark.
    case utf16LittleEndian, utf16BigEndian

    /// Bytes of an ASCII character.
    public var unitWidth: Int {
        switch self {
        case .utf8, .singleByte: 1
        case .utf16LittleEndian, .utf16BigEndian: 2
        }
    }

    /// The code unit at an index of encoded bytes.
    func unit(in bytes: UnsafeRawBufferPointer, at index: Int) -> UInt16 {
        switch self {
        case .utf8, .singleByte: UInt16(bytes[index])
        case .utf16LittleEndian: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
        case .utf16BigEndian: UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
        }
    }

    /// The bytes of new text in this encoding. What a single-byte encoding may lack becomes a character
    /// reference, so the text must stand where one is allowed: content or an attribute value.
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

    private static let endTag = Array("</domain>".utf8)
    private static let littleEndianEndTag = DocumentEncoding.utf16LittleEndian.encode("</domain>")
    private static let bigEndianEndTag = DocumentEncoding.utf16BigEndian.encode("</domain>")

    /// Behind the first end tag that could be a domain's, in bytes; nil where there is none.
    func endOfDomain(in bytes: UnsafeRawBufferPointer) -> Int? {
        let tag =
            switch self {
            case .utf8, .singleByte: Self.endTag
            case .utf16LittleEndian: Self.littleEndianEndTag
            case .utf16BigEndian: Self.bigEndianEndTag
            }
        guard let start = bytes.baseAddress, let found = memmem(start, bytes.count, tag, tag.count) else { return nil }
        return UnsafeRawPointer(found) - start + tag.count
    }

    /// The encoding of a converter; `nil` when its positions cannot be counted.
    fileprivate static func of(named name: String) -> DocumentEncoding? {
        let name = name.uppercased()
        if name.hasPrefix("UTF-16") || name.hasPrefix("UTF16") {
            return name.hasSuffix("BE") ? .utf16BigEndian : .utf16LittleEndian
        }
        if name == "UTF-8" { return .utf8 }
        return isSingleByte(named: name) ? .singleByte : nil
    }

    /// Asks the converter itself whether each byte is one character whatever follows it, and ASCII is ASCII.
    /// That leaves out EBCDIC, stateful encodings (ISO-2022-JP, UTF-7, HZ) and multi-byte ones (Shift_JIS, GBK).
    private static func isSingleByte(named name: String) -> Bool {
        guard let handler = xmlFindCharEncodingHandler(name) else { return false }
        defer { xmlCharEncCloseFunc(handler) }
        guard let input = xmlBufferCreate(), let output = xmlBufferCreate() else { return false }
        defer { xmlBufferFree(input); xmlBufferFree(output) }
        // A high byte is tried before others that could be its second half.
        for byte in UInt8(1)...255 {
            for next in byte < 0x80 ? [0x41] : [0x41, 0xa1, 0xb0] as [UInt8] {
                xmlBufferEmpty(input)
                xmlBufferEmpty(output)
                let probe = [byte, next]
                xmlBufferAdd(input, probe, 2)
                let converted = xmlCharEncInFunc(handler, output, input)
                let content = UnsafeBufferPointer(start: xmlBufferContent(output), count: Int(xmlBufferLength(output)))
                let decoded = String(decoding: content, as: UTF8.self).unicodeScalars
                if byte < 0x80 {
                    guard converted >= 0, decoded.count == 2, decoded.first?.value == UInt32(byte) else { return false }
                } else if converted > 0, decoded.count == 1, xmlBufferLength(input) == 0 {
                    return false
                }
            }
        }
        return true
    }
}

/// What libxml2's converters are, each looked into once: trying all the bytes took ten times as long as the parse of a
/// document in ISO-8859-1.
struct KnownEncodings {
    private var last: (name: [UInt8], encoding: DocumentEncoding?)?

    /// The encoding that a started parser reads; `nil` when its positions cannot be counted.
    mutating func encoding(of context: xmlParserCtxtPtr) -> DocumentEncoding? {
        guard let encoder = context.pointee.input?.pointee.buf?.pointee.encoder else { return .utf8 }
        let name = UnsafeBufferPointer(start: encoder.pointee.name, count: strlen(encoder.pointee.name))
        if let last, last.name.elementsEqual(name.lazy.map { UInt8(bitPattern: $0) }) { return last.encoding }
        let encoding = DocumentEncoding.of(named: String(cString: encoder.pointee.name))
        last = (name.map { UInt8(bitPattern: $0) }, encoding)
        return encoding
    }
}

/// White space as XML has it (XML 1.0, production 3), in a byte or a UTF-16 code unit.
@inline(__always)
func isXMLSpace<Unit: FixedWidthInteger & UnsignedInteger>(_ unit: Unit) -> Bool {
    unit == 0x20 || unit == 0x0a || unit == 0x0d || unit == 0x09
}
