/// The bytes that are checked and written as one unit, and the domains in them.
///
/// A document is one of these: a `<domain>` document from its first byte to the end of its root, a whole `<domstatus>`
/// or `<domainsnapshot>`, or one `<domain>` of a `<domains>` list.
///
/// The reader reuses the object for the next document. It is valid only inside the call of
/// ``DomainStreamHandler/document(_:)`` that receives it.
public final class Document {
    /// The encoding of the input document. All spans count bytes in it.
    public internal(set) var encoding = DocumentEncoding.utf8
    /// The domains, in document order: one, or the two of a snapshot. A hostile document can have up to 16.
    public internal(set) var domains: [Domain] = []
    /// The place of the document's bytes in the whole input.
    public internal(set) var span = ByteRange(0, 0)
    /// The address of the document's first byte.
    var start: UnsafeRawPointer?
    /// The line counter, at the position of the document's first byte.
    var counter = LineCounter() {
        didSet { counted = (-1, counter) }
    }
    /// The line counter at the last offset whose position was asked for; -1 for none.
    private var counted: (offset: Int, counter: LineCounter) = (-1, LineCounter())

    init() {}

    /// The bytes of a span. They are valid only inside the handler's call. Traps when the span is not inside the
    /// document.
    public func bytes(_ part: ByteRange) -> UnsafeRawBufferPointer {
        precondition(part.start >= span.start && part.end <= span.end && part.start <= part.end)
        return UnsafeRawBufferPointer(start: start.map { $0 + (part.start - span.start) }, count: part.count)
    }

    /// All bytes of the document. They are valid only inside the handler's call.
    public var bytes: UnsafeRawBufferPointer { bytes(span) }

    /// The line and column of an offset inside this document, counted from the beginning of the input.
    ///
    /// Counting continues from the offset of the last call, unless that lies after `offset`. Findings come in ascending
    /// order, so the document's lines are counted once.
    public func position(of offset: Int) -> SourcePosition {
        let end = min(max(offset, span.start), span.end)
        if counted.offset > end || counted.offset < span.start { counted = (span.start, counter) }
        counted.counter.advance(over: bytes(ByteRange(counted.offset, end)), encoding)
        counted.offset = end
        return counted.counter.position
    }

    /// The positions of a span. Counting continues from its start, because findings often have the same place.
    public func range(of part: ByteRange) -> SourceRange {
        let start = position(of: part.start)
        var counter = counted.counter
        counter.advance(over: bytes(ByteRange(counted.offset, min(max(part.end, counted.offset), span.end))), encoding)
        return SourceRange(start: start, end: counter.position)
    }

    /// The positions of several spans, which are counted in the order of their places.
    public func ranges(of parts: [ByteRange]) -> [SourceRange] {
        let offsets = parts.flatMap { [$0.start, $0.end] }.sorted()
        let positions = Dictionary(offsets.map { ($0, position(of: $0)) }) { first, _ in first }
        return parts.map { SourceRange(start: positions[$0.start]!, end: positions[$0.end]!) }
    }

    /// Why the document is refused for its encoding; nil for none.
    ///
    /// libvirt does not heed the encoding that an XML declaration names: `xmlCtxtReadDoc` of libxml2 2.9 reads a string as
    /// UTF-8. It refuses bytes that are no UTF-8. But where they are, it reads another text than the declared one.
    var encodingFault: String? {
        if encoding == .utf8 { return nil }
        if encoding == .singleByte, bytes.contains(where: { $0 >= 0x80 }), String(validating: bytes, as: UTF8.self) != nil {
            return "the declared encoding is not UTF-8, but the bytes are valid UTF-8, and libvirt reads them as such: "
                + "remove the encoding from the declaration, or convert the document"
        }
        // Places are counted by characters. One that does not have its markup was counted wrongly.
        let elements = domains.map(\.element) + domains.compactMap { $0.cpu?.element }
        let width = encoding.unitWidth
        let isRight = elements.allSatisfy { unit(at: $0.span.start) == 0x3c && unit(at: $0.span.end - width) == 0x3e }
        return isRight ? nil : "places in this encoding cannot be counted: convert the document to UTF-8"
    }

    /// The code unit at an offset: one byte, or two bytes in UTF-16. The result is 0 outside the document.
    func unit(at offset: Int) -> UInt16 {
        guard offset >= span.start, offset + encoding.unitWidth <= span.end else { return 0 }
        return encoding.unit(in: bytes, at: offset - span.start)
    }

    /// Decodes bytes of the input. In a single-byte encoding, every character above ASCII becomes U+FFFD.
    func decode(_ part: ByteRange) -> String {
        switch encoding {
        case .utf8: return String(decoding: bytes(part), as: UTF8.self)
        case .singleByte:
            return String(
                String.UnicodeScalarView(bytes(part).map { Unicode.Scalar($0 < 0x80 ? UInt32($0) : 0xfffd)! }))
        case .utf16LittleEndian, .utf16BigEndian:
            return String(decoding: stride(from: part.start, to: part.end, by: 2).map { unit(at: $0) }, as: UTF16.self)
        }
    }
}

extension Document {
    /// The number of code units that an excerpt shows before and after a place, because a file without line breaks is
    /// one long line.
    private static let reach = (before: 100, behind: 200)

    /// The line on which a span begins, without its line ending, for a message. Of a long line, only the part near the
    /// span is returned.
    ///
    /// - Returns: the text, and the number of its Unicode scalars before the span.
    public func excerpt(at part: ByteRange) -> (text: String, before: Int) {
        let width = encoding.unitWidth
        let first = max(span.start, part.start - Self.reach.before * width)
        let last = min(span.end, part.start + Self.reach.behind * width)
        var (from, to) = line(around: part.start, in: ByteRange(first, max(last, part.start)))
        // Do not begin or end inside a character.
        while from < part.start, isInsideCharacter(from) { from += width }
        while to > part.start, to < span.end, isInsideCharacter(to) { to -= width }
        if encoding == .utf8 {
            let before = bytes(ByteRange(from, part.start)).count { $0 & 0xc0 != 0x80 }
            return (decode(ByteRange(from, to)), before)
        }
        let before = decode(ByteRange(from, part.start))
        return (before + decode(ByteRange(part.start, to)), before.unicodeScalars.count)
    }

    /// Where a line begins and ends, as far as that is inside a part of the document.
    private func line(around place: Int, in part: ByteRange) -> (start: Int, end: Int) {
        let width = encoding.unitWidth
        if width == 1 {
            let before = bytes(ByteRange(part.start, place)), behind = bytes(ByteRange(place, part.end))
            return (
                before.lastIndex(of: 0x0a).map { part.start + $0 + 1 } ?? part.start,
                behind.firstIndex { $0 == 0x0a || $0 == 0x0d }.map { place + $0 } ?? part.end
            )
        }
        var start = place, end = place
        while start - width >= part.start, unit(at: start - width) != 0x0a { start -= width }
        while end < part.end, unit(at: end) != 0x0a, unit(at: end) != 0x0d { end += width }
        return (start, min(end, part.end))
    }

    private func isInsideCharacter(_ offset: Int) -> Bool {
        switch encoding {
        case .utf8: unit(at: offset) & 0xc0 == 0x80
        case .singleByte: false
        case .utf16LittleEndian, .utf16BigEndian: unit(at: offset) & 0xfc00 == 0xdc00
        }
    }
}
