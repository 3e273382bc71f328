internal import CLibXML2

/// Counts lines and columns while it advances over bytes of any ``DocumentEncoding``. A line ends at a line feed.
struct LineCounter {
    /// The position of the byte after those counted so far.
    private(set) var position = SourcePosition(line: 1, column: 1)

    init() {}

    init(at position: SourcePosition) { self.position = position }

    /// Counts the next bytes of the input. They must not end inside a UTF-16 code unit.
    mutating func advance(over bytes: UnsafeRawBufferPointer, _ encoding: DocumentEncoding) {
        var lineStart = 0
        switch encoding {
        case .utf8, .singleByte:
            let feeds = Self.lineFeeds(in: bytes)
            if feeds > 0 {
                position.line += feeds
                position.column = 1
                // memrchr searches backwards, and the last line feed is near the end.
                let last = memrchr(bytes.baseAddress!, 0x0a, bytes.count)!
                lineStart = UnsafeRawPointer(last) - bytes.baseAddress! + 1
            }
        case .utf16LittleEndian, .utf16BigEndian:
            // The value that this machine loads for a line feed of the document's byte order.
            let feed = encoding == .utf16LittleEndian ? (0x000a as UInt16).littleEndian : (0x000a as UInt16).bigEndian
            let feeds = Self.units(feed, in: bytes)
            if feeds > 0 {
                position.line += feeds
                position.column = 1
                var place = bytes.count & ~1
                while bytes.loadUnaligned(fromByteOffset: place - 2, as: UInt16.self) != feed { place -= 2 }
                lineStart = place
            }
        }
        position.column += Self.scalars(in: UnsafeRawBufferPointer(rebasing: bytes[lineStart...]), encoding)
    }

    /// The number of line feeds. The loop compares 16 bytes at a time because every byte of a stream goes through it.
    private static func lineFeeds(in bytes: UnsafeRawBufferPointer) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        let feed = SIMD16<UInt8>(repeating: 0x0a), one = SIMD16<UInt8>(repeating: 1)
        var total = 0, index = 0
        while index + 16 <= bytes.count {
            var feeds = SIMD16<UInt8>()
            // A lane counts to 255 at most, so its sum is taken after 255 rounds.
            let end = min(bytes.count - 16, index + 254 * 16)
            while index <= end {
                let found = base.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self) .== feed
                feeds &+= SIMD16<UInt8>().replacing(with: one, where: found)
                index += 16
            }
            for lane in 0..<16 { total += Int(feeds[lane]) }
        }
        while index < bytes.count {
            if base.load(fromByteOffset: index, as: UInt8.self) == 0x0a { total += 1 }
            index += 1
        }
        return total
    }

    /// How often a UTF-16 code unit occurs. `lineFeeds(in:)` does the same for bytes; one function generic over the
    /// unit would be compiled to comparisons lane by lane.
    private static func units(_ unit: UInt16, in bytes: UnsafeRawBufferPointer) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        let wanted = SIMD16<UInt16>(repeating: unit), one = SIMD16<UInt16>(repeating: 1)
        var found = SIMD16<UInt16>()
        var total = 0, index = 0
        while index + 32 <= bytes.count {
            // A lane counts to 65,535 at most.
            let end = min(bytes.count - 32, index + 65_534 * 32)
            while index <= end {
                let equal = base.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt16>.self) .== wanted
                found &+= SIMD16<UInt16>().replacing(with: one, where: equal)
                index += 32
            }
            for lane in 0..<16 { total += Int(found[lane]) }
            found = SIMD16<UInt16>()
        }
        while index + 1 < bytes.count {
            if base.loadUnaligned(fromByteOffset: index, as: UInt16.self) == unit { total += 1 }
            index += 2
        }
        return total
    }

    /// The number of Unicode scalars. A byte order mark at the start is not counted.
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
            // 0xdc00 to 0xdfff is the second half of a surrogate pair.
            for index in stride(from: 0, to: bytes.count - 1, by: 2) where bytes[index + high] & 0xfc != 0xdc {
                count += 1
            }
            if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) { count -= 1 }
            return count
        }
    }
}
