/// The lines of a text, with their line feeds; the last may have none.
struct DiffLines {
    private let bytes: [UInt8]
    /// Where each begins, and where the last one ends.
    private let starts: [Int]
    private let hashes: [UInt64]

    init(_ bytes: [UInt8]) {
        var starts = [0]
        var hashes: [UInt64] = []
        // FNV-1a. What is equal by it is compared.
        let basis: UInt64 = 0xcbf2_9ce4_8422_2325
        var hash = basis
        for (index, byte) in bytes.enumerated() {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            guard byte == 0x0a else { continue }
            starts.append(index + 1)
            hashes.append(hash)
            hash = basis
        }
        if starts[starts.count - 1] < bytes.count {
            starts.append(bytes.count)
            hashes.append(hash)
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

    /// Of several lines in a row.
    func hash(_ index: Int, count: Int) -> UInt64 {
        hashes[index..<(index + count)].reduce(0) { ($0 &* 0x9e37_79b9_7f4a_7c15) &+ $1 }
    }
}

/// What differs between two texts, in time that grows with their length and not with the number of changes: a definition
/// of many domains has thousands, far apart.
enum LineChanges {
    /// Lines of the old side that go and lines of the new side that come in their place.
    struct Change: Equatable {
        var old: Range<Int>
        var new: Range<Int>
    }

    /// In order; each has equal lines before it, or the beginning.
    static func between(_ old: DiffLines, _ new: DiffLines) -> [Change] {
        var tail = 0
        let shorter = min(old.count, new.count)
        while tail < shorter, old.isEqual(old.count - 1 - tail, new, new.count - 1 - tail) { tail += 1 }
        var changes: [Change] = []
        func add(_ change: Change) {
            if let last = changes.last, last.old.upperBound == change.old.lowerBound, last.new.upperBound == change.new.lowerBound {
                changes[changes.count - 1].old = last.old.lowerBound..<change.old.upperBound
                changes[changes.count - 1].new = last.new.lowerBound..<change.new.upperBound
            } else {
                changes.append(change)
            }
        }
        let oldEnd = old.count - tail, newEnd = new.count - tail
        var left = 0, right = 0
        while left < oldEnd || right < newEnd {
            if left < oldEnd, right < newEnd, old.isEqual(left, new, right) {
                left += 1
                right += 1
                continue
            }
            let next = meeting(old, left..<oldEnd, new, right..<newEnd) ?? (oldEnd, newEnd)
            refined(Change(old: left..<next.0, new: right..<next.1), old, new).forEach(add)
            (left, right) = next
        }
        return changes
    }

    /// The nearest place where both sides go on alike. It looks four times as far each time that there is none, so that
    /// what it looks at stays in proportion to what it passes over.
    private static func meeting(
        _ old: DiffLines, _ left: Range<Int>, _ new: DiffLines, _ right: Range<Int>
    ) -> (Int, Int)? {
        var reach = 16
        while true {
            let near = left.prefix(reach), close = right.prefix(reach)
            if let found = meeting(old, near, new, close, run: 3, isUnique: false) { return found }
            // Where every other line differs, no three are alike: one will do that is the only one of its kind.
            if reach == 64, let found = meeting(old, near, new, close, run: 1, isUnique: true) { return found }
            if reach >= left.count, reach >= right.count { return nil }
            reach *= 4
        }
    }

    /// - Parameter run: lines that are to be alike.
    private static func meeting(
        _ old: DiffLines, _ left: Range<Int>, _ new: DiffLines, _ right: Range<Int>, run: Int, isUnique: Bool
    ) -> (Int, Int)? {
        guard left.count >= run, right.count >= run else { return nil }
        /// The first place of each, and whether there is another.
        func places(_ lines: DiffLines, _ range: Range<Int>) -> [UInt64: (place: Int, isOnly: Bool)] {
            var places: [UInt64: (place: Int, isOnly: Bool)] = [:]
            places.reserveCapacity(range.count)
            for index in range.dropLast(run - 1) {
                let hash = lines.hash(index, count: run)
                if places[hash] == nil { places[hash] = (index, true) } else { places[hash]!.isOnly = false }
            }
            return places
        }
        let theirs = places(new, right), ours = isUnique ? places(old, left) : [:]
        var best: (Int, Int)?
        var distance = Int.max
        for index in left.dropLast(run - 1) {
            let gone = index - left.lowerBound
            if gone >= distance { break }
            let hash = old.hash(index, count: run)
            guard let (place, isOnly) = theirs[hash], gone + place - right.lowerBound < distance else { continue }
            if isUnique, !isOnly || !ours[hash]!.isOnly { continue }
            guard (0..<run).allSatisfy({ old.isEqual(index + $0, new, place + $0) }) else { continue }
            best = (index, place)
            distance = gone + place - right.lowerBound
        }
        return best
    }

    /// A short change without the lines inside it that are equal.
    private static func refined(_ change: Change, _ old: DiffLines, _ new: DiffLines) -> [Change] {
        guard !change.old.isEmpty, !change.new.isEmpty, change.old.count <= 200, change.new.count <= 200 else { return [change] }
        let difference = change.new.map { new[$0] }.difference(from: change.old.map { old[$0] })
        var removed: Set<Int> = [], inserted: Set<Int> = []
        // Offsets count from the beginning of the parts.
        for case .remove(let offset, _, _) in difference.removals { removed.insert(change.old.lowerBound + offset) }
        for case .insert(let offset, _, _) in difference.insertions { inserted.insert(change.new.lowerBound + offset) }
        var changes: [Change] = []
        var left = change.old.lowerBound, right = change.new.lowerBound
        while left < change.old.upperBound || right < change.new.upperBound {
            guard removed.contains(left) || inserted.contains(right) else {
                left += 1
                right += 1
                continue
            }
            let start = (left, right)
            while removed.contains(left) { left += 1 }
            while inserted.contains(right) { right += 1 }
            changes.append(Change(old: start.0..<left, new: start.1..<right))
        }
        return changes
    }
}
