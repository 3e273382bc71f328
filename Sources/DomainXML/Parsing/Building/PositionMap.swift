internal import CLibXML2

/// Translates libxml2's position into an offset of the original input.
///
/// libxml2 parses UTF-8. In an encoded document its own position counts converted bytes, and
/// `xmlByteConsumed` re-encodes all that is pending at every call. So one pair of equal places is kept, and
/// the characters from there to the place asked for are counted; the pair moves along.
struct PositionMap {
    /// Input offset of the document's first byte.
    var origin: Int
    private(set) var encoding = DocumentEncoding.utf8
    private var pairedUTF8 = 0
    private var pairedSource = 0

    init(origin: Int) {
        self.origin = origin
    }

    /// To be called once, when the document has started and its encoding is settled.
    mutating func start(_ encoding: DocumentEncoding, _ context: xmlParserCtxtPtr) {
        self.encoding = encoding
        if encoding != .utf8 { pair(context) }
    }

    /// Takes libxml2's word for where it is: right while less than 32,000 bytes are pending.
    private mutating func pair(_ context: xmlParserCtxtPtr) {
        let input = context.pointee.input!
        pairedUTF8 = Int(input.pointee.consumed) + (input.pointee.cur - input.pointee.base)
        pairedSource = origin + Int(xmlByteConsumed(context))
    }

    /// The input offset of a place in the parser's buffer.
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

    /// Source bytes of that much converted text.
    private func width(_ utf8: UnsafeBufferPointer<UInt8>) -> Int {
        if encoding == .utf8 { return utf8.count }
        // Eight bytes at a time: one by one it was 6 % of the filter of UTF-16.
        let high: UInt64 = 0x8080_8080_8080_8080
        var continued = 0, long = 0, index = 0
        while index < utf8.count {
            var bytes: UInt64 = 0
            if index + 8 <= utf8.count {
                bytes = UnsafeRawPointer(utf8.baseAddress! + index).loadUnaligned(as: UInt64.self)
            } else {
                // Zeros behind the end are neither.
                for byte in utf8[index...].reversed() { bytes = bytes << 8 | UInt64(byte) }
            }
            if bytes & high != 0 {
                // 10xxxxxx goes on with a character; 1111xxxx begins one above U+FFFF.
                continued += (bytes & ~(bytes << 1) & high).nonzeroBitCount
                long += (bytes & bytes << 1 & bytes << 2 & bytes << 3 & high).nonzeroBitCount
            }
            index += 8
        }
        let characters = utf8.count - continued
        return encoding == .singleByte ? characters : 2 * (characters + long)
    }
}
