/// How the file at hand is written: indentation, line ending, quotes. New markup copies it.
struct MarkupStyle {
    private let bytes: UnsafeRawBufferPointer
    private let span: ByteRange
    private let encoding: DocumentEncoding
    private let width: Int

    /// - Parameter document: must outlive this.
    init(_ document: Document) {
        bytes = document.bytes
        span = document.span
        encoding = document.encoding
        width = encoding.unitWidth
    }

    /// The code unit at an offset: a byte, or two in UTF-16. 0 outside the document.
    func unit(at offset: Int) -> UInt16 {
        guard offset >= span.start, offset + width <= span.end else { return 0 }
        return encoding.unit(in: bytes, at: offset - span.start)
    }

    func isBlank(_ part: ByteRange) -> Bool {
        var place = part.start
        while place < part.end {
            guard isXMLSpace(unit(at: place)) else { return false }
            place += width
        }
        return true
    }

    /// The line ending and indentation before a place; `nil` when something else precedes it on its line.
    func lineStart(before place: Int) -> String? {
        lineStart(in: ByteRange(span.start, place))
    }

    /// The last line ending of a stretch and the white space after it, if nothing else follows.
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

    /// One step of indentation, told from an element and its parent; two blanks when they do not show it.
    func step(from parent: Int, to child: Int) -> String {
        guard let inner = lineStart(before: child) else { return "  " }
        let innerIndentation = indentation(inner)
        let outer = lineStart(before: parent).map(indentation) ?? ""
        guard innerIndentation.count > outer.count, innerIndentation.hasPrefix(outer) else {
            return innerIndentation.isEmpty ? "" : "  "
        }
        return String(innerIndentation.dropFirst(outer.count))
    }

    func indentation(_ lineStart: String) -> String {
        String(Substring(lineStart.utf8.drop { $0 == 0x0a || $0 == 0x0d }))
    }

    /// The quote in front of an attribute value.
    func quote(before value: ByteRange) -> String? {
        switch unit(at: value.start - width) {
        case 0x22: "\""
        case 0x27: "'"
        default: nil
        }
    }

    /// An attribute with the white space before it, given its value's place.
    func attribute(around value: ByteRange) -> ByteRange {
        var place = value.start - 2 * width
        let skip = { (matches: (UInt16) -> Bool) in
            while place > span.start, matches(unit(at: place)) { place -= width }
        }
        skip(isXMLSpace)  // before the quote
        skip { $0 == 0x3d }
        skip(isXMLSpace)
        skip { !isXMLSpace($0) }  // the name
        skip(isXMLSpace)
        return ByteRange(place + width, value.end + width)
    }

}
