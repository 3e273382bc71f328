/// Counts lines and columns over bytes, in any encoding that is read. A line ends at a line feed.
struct LineCounter {
    /// The position of the next byte.
    private(set) var position = SourcePosition(line: 1, column: 1)

    mutating func advance(over bytes: UnsafeRawBufferPointer, _ encoding: DocumentEncoding) {
        var lineStart = 0
        switch encoding {
        case .utf8, .singleByte:
            var feeds = 0
            for byte in bytes { feeds &+= byte == 0x0a ? 1 : 0 }
            if feeds > 0 {
                position.line += feeds
                position.column = 1
                lineStart = bytes.lastIndex(of: 0x0a)! + 1
            }
        case .utf16LittleEndian, .utf16BigEndian:
            let low = encoding == .utf16LittleEndian ? 0 : 1
            var index = 0
            while index + 1 < bytes.count {
                if bytes[index + low] == 0x0a && bytes[index + 1 - low] == 0 {
                    position.line += 1
                    position.column = 1
                    lineStart = index + 2
                }
                index += 2
            }
        }
        position.column += Self.scalars(in: UnsafeRawBufferPointer(rebasing: bytes[lineStart...]), encoding)
    }

    /// Unicode scalars; a byte order mark is none.
    private static func scalars(in bytes: UnsafeRawBufferPointer, _ encoding: DocumentEncoding) -> Int {
        switch encoding {
        case .singleByte: return bytes.count
        case .utf8:
            var count = 0
            for byte in bytes where byte & 0xc0 != 0x80 { count += 1 }
            return bytes.starts(with: [0xef, 0xbb, 0xbf]) ? count - 1 : count
        case .utf16LittleEndian, .utf16BigEndian:
            let high = encoding == .utf16LittleEndian ? 1 : 0
            var count = 0
            for index in stride(from: 0, to: bytes.count - 1, by: 2) where bytes[index + high] & 0xfc != 0xdc {
                count += 1
            }
            if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) { count -= 1 }
            return count
        }
    }
}
