/// The bytes that are judged and written as one, with the domains in them: a `<domain>` document from its first
/// byte to its root's end, a whole `<domstatus>` or `<domainsnapshot>`, or one `<domain>` of a `<domains>` list.
///
/// Reused: valid inside the handler that receives it.
public final class Document {
    public internal(set) var encoding = DocumentEncoding.utf8
    /// In document order; one, or two in a snapshot.
    public internal(set) var domains: [Domain] = []
    /// The bytes that it covers, as offsets of the whole input.
    public internal(set) var span = Span(0, 0)
    var start: UnsafeRawPointer?
    var counter = LineCounter()

    init() {}

    /// The bytes of a span inside this document.
    public func bytes(_ part: Span) -> UnsafeRawBufferPointer {
        precondition(part.start >= span.start && part.end <= span.end && part.start <= part.end)
        return UnsafeRawBufferPointer(start: start.map { $0 + (part.start - span.start) }, count: part.count)
    }

    public var bytes: UnsafeRawBufferPointer { bytes(span) }

    /// Line and column of an offset inside this document, counted from the beginning of the input.
    public func position(of offset: Int) -> SourcePosition {
        var counter = counter
        counter.advance(over: bytes(Span(span.start, min(max(offset, span.start), span.end))), encoding)
        return counter.position
    }

    /// The code unit at an offset: a byte, or two in UTF-16. 0 outside the document.
    func unit(at offset: Int) -> UInt16 {
        guard offset >= span.start, offset + encoding.unitWidth <= span.end else { return 0 }
        return encoding.unit(in: bytes, at: offset - span.start)
    }

    /// Decodes source bytes; characters above ASCII in a single-byte encoding show as U+FFFD.
    func decode(_ part: Span) -> String {
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
    /// The line on which a span begins, without its line ending, for a message.
    public func firstLine(of part: Span) -> String {
        let width = encoding.unitWidth
        var from = part.start, to = part.start
        while from - width >= span.start, unit(at: from - width) != 0x0a { from -= width }
        while to < span.end, unit(at: to) != 0x0a, unit(at: to) != 0x0d { to += width }
        return decode(Span(from, min(to, span.end)))
    }
}
