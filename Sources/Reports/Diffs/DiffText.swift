/// A text of which a difference is made, line by line. A line has its line feed; the last one may have none.
///
/// No table of all lines is made: of 64 MiB of empty lines, it would take a gigabyte.
struct DiffText {
    let bytes: [UInt8]

    /// The beginning of a line: its offset in bytes, and its number, from 0.
    struct Place: Comparable {
        var offset: Int
        var line: Int
        static func < (left: Place, right: Place) -> Bool { left.offset < right.offset }
    }

    /// The line that begins at an offset, not beyond the end of the text.
    func line(at offset: Int) -> ArraySlice<UInt8> {
        bytes[offset..<(bytes[offset...].firstIndex(of: 0x0a).map { $0 + 1 } ?? bytes.count)]
    }

    func place(after place: Place) -> Place { Place(offset: line(at: place.offset).endIndex, line: place.line + 1) }

    /// At most `count` lines further, but not beyond the end of the text.
    func place(_ count: Int, linesAfter place: Place) -> Place {
        var result = place
        while result.line < place.line + count, result.offset < bytes.count { result = self.place(after: result) }
        return result
    }

    /// The line that begins at an offset further on.
    func place(at offset: Int, after place: Place) -> Place {
        var result = place
        while result.offset < offset { result = self.place(after: result) }
        return result
    }

    /// At most `count` lines back.
    func place(_ count: Int, linesBefore place: Place) -> Place {
        var result = place
        while result.line > place.line - count, result.line > 0 {
            let start = bytes[..<(result.offset - 1)].lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
            result = Place(offset: start, line: result.line - 1)
        }
        return result
    }
}
