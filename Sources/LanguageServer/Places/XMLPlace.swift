import LibvirtWords

/// What stands at a place in XML, which may be malformed because somebody writes it.
struct XMLPlace: Equatable {
    enum Kind: Equatable {
        /// In the content of an element.
        case text
        /// In the value of an attribute.
        case value(element: String, attribute: String)
        /// Where the name of an attribute stands, or could stand.
        case attribute(element: String, present: [String])
        /// In the name of an element.
        case element
        case comment
        /// In an end tag, a declaration or CDATA.
        case other
    }

    var kind = Kind.other
    /// The names of the elements around, the outermost first. In a tag, those around the tag.
    var path: [String] = []
    /// The word at the place: a value, a name, or letters without blanks in text and in comments. It may be empty.
    var word: Range<Int>

    /// The place is in the `<cpu>` of a guest, not in an element inside it.
    var isInCPU: Bool { Self.isCPU(path) }

    /// Whether a path leads to the `<cpu>` of a guest, which may also be a document of its own.
    static func isCPU(_ path: [String]) -> Bool {
        path.last == "cpu" && (path.count == 1 || ["domain", "inactiveDomain"].contains(path[path.count - 2]))
    }

    /// - Parameter offset: a place between two bytes, from 0 to their number.
    init(at offset: Int, in bytes: [UInt8]) {
        word = offset..<offset
        var scanner = XMLScanner(bytes: bytes, offset: offset)
        scanner.scan(into: &self)
    }
}

/// Reads XML up to a place, and tells what stands there.
private struct XMLScanner {
    let bytes: [UInt8]
    let offset: Int
    private var place = 0
    private var path: [String] = []

    init(bytes: [UInt8], offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    mutating func scan(into result: inout XMLPlace) {
        while true {
            let end = index(of: "<", from: place) ?? bytes.count
            if offset <= end {
                result = place(of: .text, word: word(in: place..<end), result)
                return
            }
            place = end
            if markup(into: &result) { return }
        }
    }

    private func place(of kind: XMLPlace.Kind, word: Range<Int>, _ old: XMLPlace) -> XMLPlace {
        var new = old
        (new.kind, new.path, new.word) = (kind, path, word)
        return new
    }

    /// Goes over the markup that begins here.
    ///
    /// - Returns: true if the place is inside it; `result` says what stands there.
    private mutating func markup(into result: inout XMLPlace) -> Bool {
        for (opening, closing, kind) in [
            ("<!--", "-->", XMLPlace.Kind.comment), ("<![CDATA[", "]]>", .other), ("<?", "?>", .other), ("<!", ">", .other), ("</", ">", .other),
        ] where starts(with: opening) {
            let inside = place + opening.utf8.count
            let close = inside <= bytes.count ? bytes[inside...].firstOccurrence(of: closing.utf8) : nil
            let end = close?.upperBound ?? bytes.count
            if offset < end || close == nil {
                let content = min(inside, offset)..<max(close?.lowerBound ?? bytes.count, offset)
                result = place(of: kind, word: word(in: content), result)
                return true
            }
            if opening == "</" {
                let name = name(from: inside)
                if let open = path.lastIndex(of: text(name)) { path.removeSubrange(open...) }
            }
            place = end
            return false
        }
        return startTag(into: &result)
    }

    private mutating func startTag(into result: inout XMLPlace) -> Bool {
        let name = name(from: place + 1)
        let element = text(name)
        if offset <= name.upperBound {
            result = place(of: .element, word: name, result)
            return true
        }
        place = name.upperBound
        var present: [String] = []
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: ">") || byte == UInt8(ascii: "<") {
                // At a `<`, the tag was not finished. The text begins there.
                if offset <= place {
                    result = place(of: .attribute(element: element, present: present), word: offset..<offset, result)
                    return true
                }
                if byte == UInt8(ascii: ">") {
                    if bytes[place - 1] != UInt8(ascii: "/") { path.append(element) }
                    place += 1
                }
                return false
            }
            guard isNamePart(byte) else {
                if offset == place, byte != UInt8(ascii: "/") || isBlank(bytes[place - 1]) {
                    result = place(of: .attribute(element: element, present: present), word: offset..<offset, result)
                    return true
                }
                place += 1
                continue
            }
            if attribute(of: element, &present, into: &result) { return true }
        }
        result = place(of: .attribute(element: element, present: present), word: offset..<offset, result)
        return true
    }

    private mutating func attribute(of element: String, _ present: inout [String], into result: inout XMLPlace) -> Bool {
        let name = name(from: place)
        if offset <= name.upperBound {
            result = place(of: .attribute(element: element, present: present), word: name, result)
            return true
        }
        present.append(text(name))
        place = name.upperBound
        var value = place
        while value < bytes.count, isBlank(bytes[value]) { value += 1 }
        guard value < bytes.count, bytes[value] == UInt8(ascii: "=") else { return false }
        value += 1
        while value < bytes.count, isBlank(bytes[value]) { value += 1 }
        if offset <= value, value < bytes.count || offset < value {
            result = place(of: .other, word: offset..<offset, result)
            return true
        }
        guard value < bytes.count, bytes[value] == 0x22 || bytes[value] == 0x27 else {
            place = min(value, bytes.count)
            return false
        }
        let quote = bytes[value]
        value += 1
        var end = value
        // No value of libvirt has a `<` or a line feed in it: there, the closing quotation mark is missing.
        while end < bytes.count, bytes[end] != quote, bytes[end] != UInt8(ascii: "<"), bytes[end] != 0x0a { end += 1 }
        let isClosed = end < bytes.count && bytes[end] == quote
        if offset >= value, offset <= end {
            result = place(of: .value(element: element, attribute: present.last!), word: value..<(isClosed ? end : offset), result)
            return true
        }
        place = isClosed ? end + 1 : end
        return false
    }

    // MARK: Bytes

    private func starts(with text: String) -> Bool { bytes[place...].starts(with: text.utf8) }

    private func index(of character: Unicode.Scalar, from start: Int) -> Int? { bytes[start...].firstIndex(of: UInt8(ascii: character)) }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }

    private func isNamePart(_ byte: UInt8) -> Bool { !isBlank(byte) && !"<>/='\"".utf8.contains(byte) }

    private func name(from start: Int) -> Range<Int> {
        var end = min(start, bytes.count)
        while end < bytes.count, isNamePart(bytes[end]) { end += 1 }
        return min(start, bytes.count)..<end
    }

    /// The letters without blanks and commas around the place, within a range that contains it.
    private func word(in range: Range<Int>) -> Range<Int> {
        func isLetter(_ byte: UInt8) -> Bool { !isBlank(byte) && byte != UInt8(ascii: ",") }
        var start = offset, end = offset
        while start > range.lowerBound, isLetter(bytes[start - 1]) { start -= 1 }
        while end < range.upperBound, isLetter(bytes[end]) { end += 1 }
        return start..<end
    }
}
