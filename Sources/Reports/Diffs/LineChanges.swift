/// The differences between two texts, found in time proportional to their length, whatever the number of changes: a
/// file of many domains can have thousands, far apart.
enum LineChanges {
    typealias Place = DiffText.Place

    /// Lines of the old text that are removed, and lines of the new text that replace them.
    struct Change: Equatable {
        var old: Range<Place>
        var new: Range<Place>
    }

    /// The changes in order. Between two changes there is at least one equal line.
    static func between(_ old: DiffText, _ new: DiffText) -> [Change] {
        var changes: [Change] = []
        func add(_ change: Change) {
            if let last = changes.last, last.old.upperBound == change.old.lowerBound,
                last.new.upperBound == change.new.lowerBound
            {
                changes[changes.count - 1].old = last.old.lowerBound..<change.old.upperBound
                changes[changes.count - 1].new = last.new.lowerBound..<change.new.upperBound
            } else {
                changes.append(change)
            }
        }
        var left = start(of: old, new), right = left
        let ends = ends(of: old, new, from: left.offset)
        while left.offset < ends.old || right.offset < ends.new {
            if left.offset < ends.old, right.offset < ends.new, old.line(at: left.offset) == new.line(at: right.offset) {
                left = old.place(after: left)
                right = new.place(after: right)
                continue
            }
            let next = meeting(old, left, ends.old, new, right, ends.new)
            refined(Change(old: left..<next.old, new: right..<next.new), old, new).forEach(add)
            (left, right) = next
        }
        return changes
    }

    /// The beginning of the part that may differ.
    private static func start(of old: DiffText, _ new: DiffText) -> Place {
        let shorter = min(old.bytes.count, new.bytes.count)
        var place = Place(offset: 0, line: 0), offset = 0
        while offset < shorter, old.bytes[offset] == new.bytes[offset] {
            if old.bytes[offset] == 0x0a { place = Place(offset: offset + 1, line: place.line + 1) }
            offset += 1
        }
        return place
    }

    /// The ends of the part that may differ: behind them, both texts have the same lines.
    private static func ends(of old: DiffText, _ new: DiffText, from start: Int) -> (old: Int, new: Int) {
        let (old, new) = (old.bytes, new.bytes)
        let shorter = min(old.count, new.count) - start
        var ends = (old: old.count, new: new.count), count = 0
        func begins(_ bytes: [UInt8]) -> Bool { count == bytes.count - start || bytes[bytes.count - 1 - count] == 0x0a }
        while true {
            if begins(old), begins(new) { ends = (old.count - count, new.count - count) }
            guard count < shorter, old[old.count - 1 - count] == new[new.count - 1 - count] else { return ends }
            count += 1
        }
    }

    /// How many lines are looked at for a place where both texts go on alike: about 40 MiB of tables.
    private static let farthest = 1 << 18

    /// The nearest place from which both texts continue with equal lines. The search starts with 16 lines and looks
    /// four times as far after each failure, so that its cost stays proportional to the lines that it skips. Both ends if there
    /// is no such place, or too far away.
    private static func meeting(
        _ old: DiffText, _ left: Place, _ oldEnd: Int, _ new: DiffText, _ right: Place, _ newEnd: Int
    ) -> (old: Place, new: Place) {
        var reach = 16
        while true {
            let near = DiffLines(old, left..<Place(offset: oldEnd, line: .max), most: reach)
            let close = DiffLines(new, right..<Place(offset: newEnd, line: .max), most: reach)
            // If every second line differs, there are never three equal lines in a row, so a single equal line is
            // enough if it is unique.
            if let (gone, come) = meeting(near, close, run: 3, isUnique: false)
                ?? (reach == 64 ? meeting(near, close, run: 1, isUnique: true) : nil)
            {
                return (near.places[gone], close.places[come])
            }
            if near.isWhole, close.isWhole { return (near.places.last!, close.places.last!) }
            if reach >= farthest { return (old.place(at: oldEnd, after: left), new.place(at: newEnd, after: right)) }
            reach *= 4
        }
    }

    /// - Parameters:
    ///   - run: how many lines in a row must be equal.
    ///   - isUnique: the lines must occur only once on each side.
    private static func meeting(_ old: DiffLines, _ new: DiffLines, run: Int, isUnique: Bool) -> (Int, Int)? {
        guard old.count >= run, new.count >= run else { return nil }
        /// The first place of each hash, and whether it is the only one.
        func places(_ lines: DiffLines) -> [UInt64: (place: Int, isOnly: Bool)] {
            var places: [UInt64: (place: Int, isOnly: Bool)] = [:]
            for index in 0...(lines.count - run) {
                let hash = lines.hash(index, count: run)
                if places[hash] == nil { places[hash] = (index, true) } else { places[hash]!.isOnly = false }
            }
            return places
        }
        let theirs = places(new), ours = isUnique ? places(old) : [:]
        var best: (Int, Int)?
        var distance = Int.max
        for gone in 0...(old.count - run) {
            if gone >= distance { break }
            let hash = old.hash(gone, count: run)
            guard let (come, isOnly) = theirs[hash], gone + come < distance else { continue }
            if isUnique, !isOnly || !ours[hash]!.isOnly { continue }
            guard (0..<run).allSatisfy({ old.isEqual(gone + $0, new, come + $0) }) else { continue }
            best = (gone, come)
            distance = gone + come
        }
        return best
    }

    /// A short change, split at the equal lines inside it. A long change stays as it is.
    private static func refined(_ change: Change, _ old: DiffText, _ new: DiffText) -> [Change] {
        func count(_ range: Range<Place>) -> Int { range.upperBound.line - range.lowerBound.line }
        guard 1...200 ~= count(change.old), 1...200 ~= count(change.new) else { return [change] }
        let before = DiffLines(old, change.old, most: 200), after = DiffLines(new, change.new, most: 200)
        let difference = (0..<after.count).map { after[$0] }.difference(from: (0..<before.count).map { before[$0] })
        var removed: Set<Int> = [], inserted: Set<Int> = []
        for case .remove(let offset, _, _) in difference.removals { removed.insert(offset) }
        for case .insert(let offset, _, _) in difference.insertions { inserted.insert(offset) }
        var changes: [Change] = []
        var left = 0, right = 0
        while left < before.count || right < after.count {
            guard removed.contains(left) || inserted.contains(right) else {
                left += 1
                right += 1
                continue
            }
            let start = (left, right)
            while removed.contains(left) { left += 1 }
            while inserted.contains(right) { right += 1 }
            changes.append(Change(old: before.places[start.0]..<before.places[left], new: after.places[start.1]..<after.places[right]))
        }
        return changes
    }
}
