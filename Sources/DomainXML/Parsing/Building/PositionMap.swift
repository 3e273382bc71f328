internal import CLibXML2

/// Translates a place in libxml2's buffer into an offset of the original input.
///
/// libxml2 parses UTF-8. In a document of another encoding, its own position counts converted bytes, and
/// `xmlByteConsumed` re-encodes all pending bytes at every call. The map therefore remembers one place by both its
/// converted and its original offset, and counts the characters between that place and the one asked for. The
/// remembered place moves along.
struct PositionMap {
    /// The input offset of the document's first byte.
    var origin: Int
    private(set) var encoding = DocumentEncoding.utf8
    /// The remembered place, in converted bytes from the document's start.
    private var pairedUTF8 = 0
    /// The remembered place, as an offset of the input.
    private var pairedSource = 0

    init(origin: Int) {
        self.origin = origin
    }

    /// Sets the encoding. Call this once, when libxml2 has read the XML declaration.
    mutating func start(_ encoding: DocumentEncoding, _ context: xmlParserCtxtPtr) {
        self.encoding = encoding
        if encoding != .utf8 { pair(context) }
    }

    /// Remembers the parser's present place, as libxml2 reports it. libxml2's report is right while less than 32,000
    /// bytes are pending.
    private mutating func pair(_ context: xmlParserCtxtPtr) {
        let input = context.pointee.input!
        pairedUTF8 = Int(input.pointee.consumed) + (input.pointee.cur - input.pointee.base)
        pairedSource = origin + Int(xmlByteConsumed(context))
    }

    /// The input offset of a place in libxml2's buffer.
    @inline(__always)
    mutating func offset(_ place: UnsafePointer<UInt8>, _ context: xmlParserCtxtPtr) -> Int {
        let input = context.pointee.input!
        let position = Int(input.pointee.consumed) + (place - input.pointee.base!)
        return encoding == .utf8 ? origin + position : source(of: position, place, context)
    }

    private mutating func source(
        of position: Int, _ place: UnsafePointer<UInt8>, _ context: xmlParserCtxtPtr
    ) -> Int {
        let input = context.pointee.input!
        let base = input.pointee.base!
        var distance = position - pairedUTF8
        if place - distance < base || place - distance > input.pointee.end {
            pair(context)
            distance = position - pairedUTF8
        }
        if distance >= 0 {
            pairedSource += width(UnsafeBufferPointer(start: place - distance, count: distance))
            pairedUTF8 = position
            return pairedSource
        }
        return pairedSource - width(UnsafeBufferPointer(start: place, count: -distance))
    }

    /// The number of bytes that converted text has in the input.
    private func width(_ utf8: UnsafeBufferPointer<UInt8>) -> Int {
        if encoding == .utf8 { return utf8.count }
        // Eight bytes are examined at a time, because all text between two places goes through this loop.
        let high: UInt64 = 0x8080_8080_8080_8080
        var continued = 0, long = 0, index = 0
        while index < utf8.count {
            var bytes: UInt64 = 0
            if index + 8 <= utf8.count {
                bytes = UnsafeRawPointer(utf8.baseAddress! + index).loadUnaligned(as: UInt64.self)
            } else {
                // The missing bytes are zeros, which add nothing to the two counts below.
                for byte in utf8[index...].reversed() { bytes = bytes << 8 | UInt64(byte) }
            }
            if bytes & high != 0 {
                // 10xxxxxx continues a character. 1111xxxx begins a character above U+FFFF.
                continued += (bytes & ~(bytes << 1) & high).nonzeroBitCount
                long += (bytes & bytes << 1 & bytes << 2 & bytes << 3 & high).nonzeroBitCount
            }
            index += 8
        }
        let characters = utf8.count - continued
        return encoding == .singleByte ? characters : 2 * (characters + long)
    }
}
