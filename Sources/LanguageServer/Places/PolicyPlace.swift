/// What stands at a place in a policy, which may be malformed because somebody writes it. The reader of policies tells what
/// is wrong; this only finds the keys around a place, by indentation and by the braces of the line.
struct PolicyPlace: Equatable {
    enum Role: Equatable {
        /// A key, or where one could stand.
        case key
        /// A value, or the element of a list.
        case value
        /// A word in a line of its own, which may become a key.
        case either
    }

    var role = Role.either
    /// The keys around, the outermost first; for a value, its own key last.
    var path: [String] = []
    /// The word at the place. It may be empty.
    var word: Range<Int>

    /// Nil inside a comment.
    init?(at offset: Int, in text: TextDocument) {
        word = offset..<offset
        let number = text.line(of: offset)
        let range = text.line(number)
        guard offset <= range.upperBound else { return nil }
        var line = PolicyLine(text.bytes, range)
        // In a blank line, the column of the place is that of the key that is about to be written.
        if line.isBlank { line.column = offset - range.lowerBound }
        path = Self.parents(of: line, above: number, in: text)
        var flow = FlowScanner(bytes: text.bytes, line: line, offset: offset)
        guard flow.scan() else { return nil }
        path += flow.path
        (role, word) = (flow.role, flow.word)
    }

    /// The keys of the lines above in whose values the line stands.
    private static func parents(of line: PolicyLine, above number: Int, in text: TextDocument) -> [String] {
        var path: [String] = []
        // A list may stand in the column of its key.
        var column = line.dash ?? line.column
        var isList = line.dash != nil
        for index in stride(from: number - 1, through: 0, by: -1) {
            if column == 0 && !isList { break }
            let above = PolicyLine(text.bytes, text.line(index))
            if above.isBlank { continue }
            if !isList, above.column == column, let dash = above.dash {
                // The line begins the entry of a list, of which this line is another key.
                (column, isList) = (dash, true)
                continue
            }
            guard let key = above.key, isList && above.dash == nil ? above.column <= column : above.column < column else { continue }
            path.insert(key, at: 0)
            (column, isList) = (above.dash ?? above.column, above.dash != nil)
        }
        return path
    }
}

/// A line of a policy: `  - key: rest`.
private struct PolicyLine {
    let bytes: [UInt8]
    let range: Range<Int>
    /// The column of the `-`; nil if there is none.
    var dash: Int?
    /// The column of what follows the indentation and the `-`.
    var column = 0
    var key: String?
    /// The offsets of the key, and where its value begins; the beginning of the text if there is no key.
    var keyRange: Range<Int>
    var valueStart: Int
    /// Nothing but blanks and a comment.
    var isBlank: Bool

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.range = range
        var place = range.lowerBound
        func skipBlanks() { while place < range.upperBound, bytes[place] == 0x20 { place += 1 } }
        skipBlanks()
        while place < range.upperBound, bytes[place] == UInt8(ascii: "-"), place + 1 == range.upperBound || bytes[place + 1] == 0x20 {
            if dash == nil { dash = place - range.lowerBound }
            place += 1
            skipBlanks()
        }
        column = place - range.lowerBound
        isBlank = dash == nil && (place == range.upperBound || bytes[place] == UInt8(ascii: "#"))
        (keyRange, valueStart) = (place..<place, place)
        var end = place
        while end < range.upperBound, !"{[\"'#".utf8.contains(bytes[end]) {
            if bytes[end] == UInt8(ascii: ":"), end + 1 == range.upperBound || bytes[end + 1] == 0x20 {
                keyRange = place..<end
                valueStart = end + 1
                key = String(decoding: bytes[keyRange], as: UTF8.self)
                return
            }
            end += 1
        }
    }
}

/// Follows the braces, brackets and words of a line up to a place.
private struct FlowScanner {
    let bytes: [UInt8]
    let line: PolicyLine
    let offset: Int
    var path: [String] = []
    var role = PolicyPlace.Role.either
    var word: Range<Int>

    /// The open braces and brackets: of a mapping with the key whose value is being read.
    private var open: [(isMapping: Bool, key: String?)] = []

    init(bytes: [UInt8], line: PolicyLine, offset: Int) {
        self.bytes = bytes
        self.line = line
        self.offset = offset
        word = offset..<offset
    }

    /// - Returns: false inside a comment.
    mutating func scan() -> Bool {
        if offset < line.keyRange.lowerBound || line.key != nil && offset <= line.keyRange.upperBound {
            role = line.key == nil ? .either : .key
            if offset >= line.keyRange.lowerBound { word = line.keyRange }
            return true
        }
        var place = line.valueStart
        var start = place
        while place < offset {
            switch bytes[place] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): open.append((bytes[place] == UInt8(ascii: "{"), nil))
            case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
            case UInt8(ascii: ","):
                if !open.isEmpty { open[open.count - 1].key = nil }
            case UInt8(ascii: ":") where open.last?.isMapping == true && place + 1 < bytes.count && bytes[place + 1] == 0x20:
                open[open.count - 1].key = text(start..<place)
            case UInt8(ascii: "#") where place == line.range.lowerBound || bytes[place - 1] == 0x20: return false
            case 0x20: break
            default:
                place += 1
                continue
            }
            place += 1
            start = place
        }
        word = start..<end(from: offset)
        path = [line.key].compactMap { $0 } + open.compactMap(\.key)
        switch open.last {
        case nil: role = line.key == nil ? .either : .value
        case (isMapping: true, key: nil)?: role = .key
        default: role = .value
        }
        return true
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range].filter { $0 != 0x22 && $0 != 0x27 && $0 != 0x20 }, as: UTF8.self)
    }

    /// The end of the word that the place lies in.
    private func end(from start: Int) -> Int {
        var end = start
        while end < line.range.upperBound, !" ,]}:".utf8.contains(bytes[end]) { end += 1 }
        return end
    }
}
