internal import CLibXML2
import Glibc

/// Tells which ``DocumentEncoding`` a libxml2 parser reads.
///
/// The answer for the last converter is kept, because the test for a single-byte converter has to try every byte value.
struct KnownEncodings {
    private var last: (name: [UInt8], encoding: DocumentEncoding?)?

    /// The encoding of a parser that has read the document's start; nil when byte offsets cannot be computed in it.
    mutating func encoding(of context: xmlParserCtxtPtr) -> DocumentEncoding? {
        guard let encoder = context.pointee.input?.pointee.buf?.pointee.encoder else { return .utf8 }
        let name = UnsafeBufferPointer(start: encoder.pointee.name, count: strlen(encoder.pointee.name))
        if let last, last.name.elementsEqual(name.lazy.map { UInt8(bitPattern: $0) }) { return last.encoding }
        let encoding = Self.encoding(named: String(cString: encoder.pointee.name))
        last = (name.map { UInt8(bitPattern: $0) }, encoding)
        return encoding
    }

    private static func encoding(named name: String) -> DocumentEncoding? {
        let name = name.uppercased()
        if name.hasPrefix("UTF-16") || name.hasPrefix("UTF16") {
            return name.hasSuffix("BE") ? .utf16BigEndian : .utf16LittleEndian
        }
        if name == "UTF-8" { return .utf8 }
        return isSingleByte(named: name) ? .singleByte : nil
    }

    /// Whether the converter makes one character of each byte, whatever byte is beside it, and maps ASCII, and only ASCII,
    /// to ASCII.
    ///
    /// These fail: EBCDIC, stateful encodings (ISO-2022-JP, UTF-7, HZ), multi-byte encodings (Shift_JIS, GBK), encodings
    /// that compose a letter and the mark after it (windows-1255, windows-1258, TCVN), and encodings with markup above
    /// ASCII (in ARMSCII-8, the byte AC is a hyphen).
    private static func isSingleByte(named name: String) -> Bool {
        guard let handler = xmlFindCharEncodingHandler(name) else { return false }
        defer { xmlCharEncCloseFunc(handler) }
        guard let input = xmlBufferCreate(), let output = xmlBufferCreate() else { return false }
        defer { xmlBufferFree(input); xmlBufferFree(output) }
        for byte in UInt8(1)...255 {
            // A composing converter holds a letter back until it has seen the next byte, so a byte alone yields nothing.
            xmlBufferEmpty(input)
            xmlBufferEmpty(output)
            xmlBufferAdd(input, [byte], 1)
            _ = xmlCharEncInFunc(handler, output, input)
            if xmlBufferLength(input) == 0 {
                let content = UnsafeBufferPointer(start: xmlBufferContent(output), count: Int(xmlBufferLength(output)))
                let decoded = String(decoding: content, as: UTF8.self).unicodeScalars
                guard decoded.count == 1, decoded.first!.isASCII == (byte < 0x80) else { return false }
            }
            // In a multi-byte encoding, one of these three completes the character that a high byte begins.
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
