/// The style in which a document is written (indentation, line endings, quotation marks), which new markup copies.
struct MarkupStyle {
    private let bytes: UnsafeRawBufferPointer
    private let span: ByteRange
    private let encoding: DocumentEncoding
    private let width: Int

    /// - Parameter document: must stay valid as long as this value is used.
    init(_ document: Document) {
        bytes = document.bytes
        span = document.span
        encoding = document.encoding
        width = encoding.unitWidth
    }

    /// The code unit at an offset: one byte, or two bytes in UTF-16. The result is 0 outside the document.
    func unit(at offset: Int) -> UInt16 {
        guard offset >= span.start, offset + width <= span.end else { return 0 }
        return encoding.unit(in: bytes, at: offset - span.start)
    }

    /// Whether a range is only white space.
    func isBlank(_ part: ByteRange) -> Bool {
        var place = part.start
        while place < part.end {
            guard isXMLSpace(unit(at: place)) else { return false }
            place += width
        }
        return true
    }

    /// The line ending and indentation before a place; nil when something else is before it on its line.
    func lineStart(before place: Int) -> String? {
        lineStart(in: ByteRange(span.start, place))
    }

    /// The last line ending of a range and the white space after it; nil when something else follows the line ending.
    func lineStart(in part: ByteRange) -> String? {
        var place = part.end
        while place - width >= part.start {
            place -= width
            let found = unit(at: place)
            switch found {
            case 0x20, 0x09: continue
            case 0x0a:
                let hasReturn = place - width >= part.start && unit(at: place - width) == 0x0d
                return ascii(ByteRange(hasReturn ? place - width : place, part.end))
            case 0x0d: return ascii(ByteRange(place, part.end))
            default: return nil
            }
        }
        return nil
    }

    private func ascii(_ part: ByteRange) -> String {
        let text = UnsafeRawBufferPointer(rebasing: bytes[part.start - span.start..<part.end - span.start])
        if width == 1 { return String(decoding: text, as: UTF8.self) }
        return String(decoding: stride(from: part.start, to: part.end, by: 2).map { unit(at: $0) }, as: UTF16.self)
    }

    /// One step of indentation: what the indentation of a child has beyond that of its parent. If the child is not at
    /// the start of a line, or if its indentation does not extend the parent's, the step is two blanks. It is empty if
    /// the child is at the start of a line without indentation.
    func step(from parent: Int, to child: Int) -> String {
        guard let inner = lineStart(before: child) else { return "  " }
        let innerIndentation = indentation(inner)
        let outer = lineStart(before: parent).map(indentation) ?? ""
        guard innerIndentation.count > outer.count, innerIndentation.hasPrefix(outer) else {
            return innerIndentation.isEmpty ? "" : "  "
        }
        return String(innerIndentation.dropFirst(outer.count))
    }

    /// The indentation after a line ending.
    private func indentation(_ lineStart: String) -> String {
        String(Substring(lineStart.utf8.drop { $0 == 0x0a || $0 == 0x0d }))
    }

    /// The quotation mark before an attribute value; nil when there is none at that place.
    func quote(before value: ByteRange) -> String? {
        switch unit(at: value.start - width) {
        case 0x22: "\""
        case 0x27: "'"
        default: nil
        }
    }

    /// The quotation mark for a new attribute of a `<cpu>`: that of another attribute of it or of its domain.
    func quote(in cpu: CPU?, of domain: Domain) -> String {
        func quote(_ text: DecodedText?) -> String? { text.flatMap { self.quote(before: $0.span) } }
        return quote(cpu?.mode?.text) ?? quote(cpu?.match?.text) ?? quote(cpu?.check?.text) ?? quote(domain.type)
            ?? quote(domain.id) ?? "'"
    }

    /// The place of an attribute and the white space before it, found from the place of its value.
    func attribute(around value: ByteRange) -> ByteRange {
        var place = value.start - 2 * width
        let skip = { (matches: (UInt16) -> Bool) in
            while place > span.start, matches(unit(at: place)) { place -= width }
        }
        skip(isXMLSpace)  // white space before the quotation mark
        skip { $0 == 0x3d }
        skip(isXMLSpace)
        skip { !isXMLSpace($0) }  // the name
        skip(isXMLSpace)
        return ByteRange(place + width, value.end + width)
    }
}
