@testable import LanguageServer

/// The text of a document as an editor holds it, in UTF-16, with its own idea of lines (LSP 3.17, "Text Documents").
struct ClientText {
    var units: [UInt16]

    init(_ text: String) { units = Array(text.utf16) }

    var text: String { String(decoding: units, as: UTF16.self) }

    /// The lines, each without its ending.
    var lines: [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0, place = 0
        while place < units.count {
            let unit = units[place]
            if unit == 0x0a || unit == 0x0d {
                lines.append(start..<place)
                if unit == 0x0d, place + 1 < units.count, units[place + 1] == 0x0a { place += 1 }
                start = place + 1
            }
            place += 1
        }
        return lines + [start..<units.count]
    }

    func index(of position: DocumentPosition) -> Int {
        let lines = lines
        guard position.line < lines.count else { return units.count }
        return min(lines[position.line].lowerBound + position.character, lines[position.line].upperBound)
    }

    func position(of index: Int) -> DocumentPosition {
        let lines = lines
        let line = lines.lastIndex { $0.lowerBound <= index }!
        return DocumentPosition(line: line, character: min(index, lines[line].upperBound) - lines[line].lowerBound)
    }

    mutating func replace(_ range: Range<Int>, with text: String) { units.replaceSubrange(range, with: Array(text.utf16)) }

    /// The position of a line and a column as `check` prints them: lines end at line feeds, columns are Unicode scalars, and
    /// both are counted from 1.
    func position(line: Int, column: Int) -> DocumentPosition {
        var index = 0
        for _ in 1..<line { index = (units[index...].firstIndex(of: 0x0a) ?? units.count - 1) + 1 }
        for _ in 1..<column where index < units.count { index += units[index] & 0xfc00 == 0xd800 ? 2 : 1 }
        return position(of: index)
    }
}
