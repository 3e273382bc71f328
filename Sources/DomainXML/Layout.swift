/// How the file at hand is written: indentation, line ending, quotes. New markup copies it.
struct Layout {
    private let document: Document
    private var width: Int { document.encoding.unitWidth }

    init(_ document: Document) { self.document = document }

    func isBlank(_ part: Span) -> Bool {
        stride(from: part.start, to: part.end, by: width).allSatisfy { isSpace(document.unit(at: $0)) }
    }

    /// The line ending and indentation before a place; `nil` when something else precedes it on its line.
    func lineStart(before place: Int) -> String? {
        lineStart(in: Span(document.span.start, place))
    }

    /// The last line ending of a stretch and the white space after it, if nothing else follows.
    func lineStart(in part: Span) -> String? {
        var place = part.end
        var indentation: [UInt16] = []
        while place - width >= part.start {
            place -= width
            let unit = document.unit(at: place)
            switch unit {
            case 0x20, 0x09: indentation.append(unit)
            case 0x0a:
                let hasReturn = place - width >= part.start && document.unit(at: place - width) == 0x0d
                return (hasReturn ? "\r\n" : "\n") + ascii(indentation)
            case 0x0d: return "\r" + ascii(indentation)
            default: return nil
            }
        }
        return nil
    }

    private func ascii(_ reversed: [UInt16]) -> String { String(decoding: reversed.reversed(), as: UTF16.self) }

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
        String(lineStart.drop { $0 == "\n" || $0 == "\r\n" || $0 == "\r" })
    }

    /// The quote in front of an attribute value.
    func quote(before value: Span) -> String? {
        switch document.unit(at: value.start - width) {
        case 0x22: "\""
        case 0x27: "'"
        default: nil
        }
    }

    /// An attribute with the white space before it, given its value's place.
    func attribute(around value: Span) -> Span {
        var place = value.start - 2 * width
        let skip = { (matches: (UInt16) -> Bool) in
            while place > document.span.start, matches(document.unit(at: place)) { place -= width }
        }
        skip(isSpace)  // before the quote
        skip { $0 == 0x3d }
        skip(isSpace)
        skip { !isSpace($0) }  // the name
        skip(isSpace)
        return Span(place + width, value.end + width)
    }

    func isSpace(_ unit: UInt16) -> Bool { unit == 0x20 || unit == 0x0a || unit == 0x0d || unit == 0x09 }
}
