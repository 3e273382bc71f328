/// The lines of a text, each with its line feed; the last line may have none.
struct DiffLines {
    private let bytes: [UInt8]
    /// Offsets in bytes: where each line starts, and where the last one ends.
    private let starts: [Int]
    /// The hash of each line. Lines with equal hashes are compared byte by byte.
    private let hashes: [UInt64]

    init(_ bytes: [UInt8]) {
        var starts = [0]
        var hashes: [UInt64] = []
        var hash = FNV1a()
        for (index, byte) in bytes.enumerated() {
            hash.add(byte)
            guard byte == 0x0a else { continue }
            starts.append(index + 1)
            hashes.append(hash.value)
            hash = FNV1a()
        }
        if starts[starts.count - 1] < bytes.count {
            starts.append(bytes.count)
            hashes.append(hash.value)
        }
        self.bytes = bytes
        self.starts = starts
        self.hashes = hashes
    }

    var count: Int { hashes.count }

    subscript(index: Int) -> ArraySlice<UInt8> { bytes[starts[index]..<starts[index + 1]] }

    func isEqual(_ index: Int, _ other: DiffLines, _ place: Int) -> Bool {
        hashes[index] == other.hashes[place] && self[index] == other[place]
    }

    /// One hash of several lines in a row.
    func hash(_ index: Int, count: Int) -> UInt64 {
        hashes[index..<(index + count)].reduce(0) { ($0 &* 0x9e37_79b9_7f4a_7c15) &+ $1 }
    }
}
