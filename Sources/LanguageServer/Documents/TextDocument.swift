import DomainXML
import Reports

/// The text of a document, in UTF-8, with the places of its lines. A line ends at a line feed, a carriage return, or both.
struct TextDocument {
    private(set) var bytes: [UInt8]
    private var lineStarts: [Int]
    /// What columns count.
    let encoding: PositionEncoding

    init(_ text: String, _ encoding: PositionEncoding) {
        bytes = Array(text.utf8)
        lineStarts = [0]
        self.encoding = encoding
        findLines(from: 0)
    }

    private mutating func findLines(from start: Int) {
        var place = start
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == 0x0d, place < bytes.count, bytes[place] == 0x0a { continue }
            if byte == 0x0a || byte == 0x0d { lineStarts.append(place) }
        }
    }

    /// Puts a text in the place of some bytes.
    mutating func replace(_ range: Range<Int>, with text: String) {
        bytes.replaceSubrange(range, with: text.utf8)
        // A line feed joins a carriage return before it, so a line that begins at the range is looked for again.
        lineStarts.removeSubrange((lineStarts.firstIndex { $0 >= range.lowerBound && $0 > 0 } ?? lineStarts.count)...)
        findLines(from: lineStarts.last!)
    }

    /// The range of a line's text, without its ending.
    func line(_ number: Int) -> Range<Int> {
        let start = lineStarts[number]
        var end = number + 1 < lineStarts.count ? lineStarts[number + 1] : bytes.count
        if end > start, number + 1 < lineStarts.count {
            end -= 1
            if bytes[end] == 0x0a, end > start, bytes[end - 1] == 0x0d { end -= 1 }
        }
        return start..<end
    }

    /// The number of the line that a byte lies in, counted from 0.
    func line(of offset: Int) -> Int {
        var low = 0, high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }

    var lineCount: Int { lineStarts.count }

    // MARK: Positions

    /// The offset of a position. A column behind the end of its line is that end, and a line behind the last is the end of
    /// the text (LSP 3.17, "Position"). A column inside a character is its beginning.
    func offset(of position: DocumentPosition) -> Int {
        guard position.line < lineStarts.count else { return bytes.count }
        let line = line(position.line)
        var offset = line.lowerBound
        var left = position.character
        for scalar in String(decoding: bytes[line], as: UTF8.self).unicodeScalars {
            let width = encoding.width(of: scalar)
            guard left >= width else { break }
            left -= width
            offset += UTF8.width(scalar)
        }
        return offset
    }

    /// The position of an offset. One inside a line ending is the line's end.
    func position(of offset: Int) -> DocumentPosition {
        let number = line(of: offset)
        let line = line(number)
        let before = String(decoding: bytes[line.lowerBound..<max(line.lowerBound, min(offset, line.upperBound))], as: UTF8.self)
        return DocumentPosition(line: number, character: before.unicodeScalars.reduce(0) { $0 + encoding.width(of: $1) })
    }

    /// A range as the protocol states it.
    func json(_ range: Range<Int>) -> JSONValue {
        ["start": position(of: range.lowerBound).json, "end": position(of: range.upperBound).json]
    }

    /// The range of the protocol; nil for a value that is none.
    func range(_ json: JSONValue?) -> Range<Int>? {
        guard let start = DocumentPosition(json?["start"]), let end = DocumentPosition(json?["end"]) else { return nil }
        let (first, last) = (offset(of: start), offset(of: end))
        return min(first, last)..<max(first, last)
    }

    /// The offset of a line and a column of a message, in Unicode scalars and counted from 1.
    ///
    /// - Parameter endsAtFeeds: only line feeds end a line, as in messages about XML.
    func offset(of position: SourcePosition, endsAtFeeds: Bool) -> Int {
        var offset = 0
        if endsAtFeeds {
            for _ in 1..<max(position.line, 1) {
                guard let feed = bytes[offset...].firstIndex(of: 0x0a) else { return bytes.count }
                offset = feed + 1
            }
        } else {
            guard position.line <= lineStarts.count else { return bytes.count }
            offset = lineStarts[max(position.line, 1) - 1]
        }
        // A byte order mark is no column.
        if offset == 0, bytes.starts(with: [0xef, 0xbb, 0xbf]) { offset = 3 }
        var left = position.column - 1
        while left > 0, offset < bytes.count, bytes[offset] != 0x0a {
            offset += 1
            while offset < bytes.count, bytes[offset] & 0xc0 == 0x80 { offset += 1 }
            left -= 1
        }
        return offset
    }

    /// The text of a range.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
