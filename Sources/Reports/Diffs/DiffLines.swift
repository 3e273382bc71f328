/// Some lines of a text in a row, with the hash of each. Lines with equal hashes are compared byte by byte.
struct DiffLines {
    private let text: DiffText
    /// The beginnings of all lines, and the end of the last one.
    let places: [DiffText.Place]
    private var hashes: [UInt64] = []
    /// How many bytes of a line are hashed. The same line can be looked at again and again, and may have 64 MiB.
    private static let hashed = 256
    /// All lines of the range are there.
    let isWhole: Bool

    /// At most `most` lines of a range.
    init(_ text: DiffText, _ range: Range<DiffText.Place>, most: Int) {
        var places = [range.lowerBound]
        while places.count <= most, places.last! < range.upperBound {
            let line = text.line(at: places.last!.offset)
            var hash = FNV1a()
            for byte in line.prefix(Self.hashed) { hash.add(byte) }
            hashes.append(hash.value &+ UInt64(line.count))
            places.append(DiffText.Place(offset: line.endIndex, line: places.last!.line + 1))
        }
        isWhole = places.last! >= range.upperBound
        self.text = text
        self.places = places
    }

    var count: Int { hashes.count }

    subscript(index: Int) -> ArraySlice<UInt8> { text.bytes[places[index].offset..<places[index + 1].offset] }

    func isEqual(_ index: Int, _ other: DiffLines, _ place: Int) -> Bool {
        hashes[index] == other.hashes[place] && self[index] == other[place]
    }

    /// One hash of several lines in a row.
    func hash(_ index: Int, count: Int) -> UInt64 {
        hashes[index..<(index + count)].reduce(0) { ($0 &* 0x9e37_79b9_7f4a_7c15) &+ $1 }
    }
}
