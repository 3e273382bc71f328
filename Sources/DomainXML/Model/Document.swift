/// The bytes that are judged and written as one, with the domains in them: a `<domain>` document from its first
/// byte to its root's end, a whole `<domstatus>` or `<domainsnapshot>`, or one `<domain>` of a `<domains>` list.
///
/// Reused: valid inside the handler that receives it. What the reader sets for each document is not checked for exclusive
/// access, as in `DomainReader`.
public final class Document {
    /// Of the whole input document; spans count bytes in it.
    @exclusivity(unchecked) public internal(set) var encoding = DocumentEncoding.utf8
    /// In document order; one, or two in a snapshot.
    @exclusivity(unchecked) public internal(set) var domains: [Domain] = []
    /// The bytes that it covers, as offsets of the whole input.
    @exclusivity(unchecked) public internal(set) var span = ByteRange(0, 0)
    @exclusivity(unchecked) var start: UnsafeRawPointer?
    /// The position of the first byte.
    var counter = LineCounter() {
        didSet { counted = (-1, counter) }
    }
    private var counted: (offset: Int, counter: LineCounter) = (-1, LineCounter())

    init() {}

    /// The bytes of a span inside this document; traps on any other. Valid inside the handler only.
    public func bytes(_ part: ByteRange) -> UnsafeRawBufferPointer {
        precondition(part.start >= span.start && part.end <= span.end && part.start <= part.end)
        return UnsafeRawBufferPointer(start: start.map { $0 + (part.start - span.start) }, count: part.count)
    }

    /// All of the document's bytes; valid inside the handler only.
    public var bytes: UnsafeRawBufferPointer { bytes(span) }

    /// Line and column of an offset inside this document, counted from the beginning of the input.
    ///
    /// Counting goes on from the offset asked for last where that is not behind: findings come in ascending order,
    /// and counting each from the beginning would be quadratic.
    public func position(of offset: Int) -> SourcePosition {
        let end = min(max(offset, span.start), span.end)
        if counted.offset > end || counted.offset < span.start { counted = (span.start, counter) }
        counted.counter.advance(over: bytes(ByteRange(counted.offset, end)), encoding)
        counted.offset = end
        return counted.counter.position
    }

    /// The code unit at an offset: a byte, or two in UTF-16. 0 outside the document.
    func unit(at offset: Int) -> UInt16 {
        guard offset >= span.start, offset + encoding.unitWidth <= span.end else { return 0 }
        return encoding.unit(in: bytes, at: offset - span.start)
    }

    /// Decodes source bytes; characters above ASCII in a single-byte encoding show as U+FFFD.
    func decode(_ part: ByteRange) -> String {
        switch encoding {
        case .utf8: return String(decoding: bytes(part), as: UTF8.self)
        case .singleByte:
            return String(String.UnicodeScalarView(bytes(part).map { Unicode.Scalar($0 < 0x80 ? UInt32($0) : 0xfffd)! }))
        case .utf16LittleEndian, .utf16BigEndian:
            return String(decoding: stride(from: part.start, to: part.end, by: 2).map { unit(at: $0) }, as: UTF16.self)
        }
    }
}

extension Document {
    /// Code units that an excerpt shows before and behind a place: a file without line breaks is one line.
    private static let reach = (before: 100, behind: 200)

    /// The line on which a span begins, without its line ending, for a message; of a long line, the part around.
    ///
    /// - Returns: the text, and how many of its Unicode scalars stand before the span.
    public func excerpt(at part: ByteRange) -> (text: String, before: Int) {
        let width = encoding.unitWidth
        var from = part.start, to = part.start
        let first = max(span.start, part.start - Self.reach.before * width)
        let last = min(span.end, part.start + Self.reach.behind * width)
        while from - width >= first, unit(at: from - width) != 0x0a { from -= width }
        while to < last, unit(at: to) != 0x0a, unit(at: to) != 0x0d { to += width }
        // Whole characters only.
        while from < part.start, isInsideCharacter(from) { from += width }
        while to > part.start, to < span.end, isInsideCharacter(to) { to -= width }
        let before = decode(ByteRange(from, part.start))
        return (before + decode(ByteRange(part.start, min(to, span.end))), before.unicodeScalars.count)
    }

    private func isInsideCharacter(_ offset: Int) -> Bool {
        switch encoding {
        case .utf8: unit(at: offset) & 0xc0 == 0x80
        case .singleByte: false
        case .utf16LittleEndian, .utf16BigEndian: unit(at: offset) & 0xfc00 == 0xdc00
        }
    }
}
