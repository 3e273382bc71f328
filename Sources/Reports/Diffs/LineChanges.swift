/// The differences between two texts, found in time proportional to their length, whatever the number of changes: a
/// file of many domains can have thousands, far apart.
enum LineChanges {
    /// Lines of the old text that are removed, and lines of the new text that replace them.
    struct Change: Equatable {
        var old: Range<Int>
        var new: Range<Int>
    }

    /// The changes in order. Between two changes there is at least one equal line.
    static func between(_ old: DiffLines, _ new: DiffLines) -> [Change] {
        var tail = 0
        let shorter = min(old.count, new.count)
        while tail < shorter, old.isEqual(old.count - 1 - tail, new, new.count - 1 - tail) { tail += 1 }
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

    /// The nearest place from which both texts continue with equal lines. The search starts with 16 lines and looks
    /// four times as far after each failure, so that its cost stays proportional to the lines that it skips.
    private static func meeting(
        _ old: DiffLines, _ left: Range<Int>, _ new: DiffLines, _ right: Range<Int>
    ) -> (Int, Int)? {
        var reach = 16
        while true {
            let near = left.prefix(reach), close = right.prefix(reach)
            if let found = meeting(old, near, new, close, run: 3, isUnique: false) { return found }
            // If every second line differs, there are never three equal lines in a row, so a single equal line is
            // enough if it is unique.
            if reach == 64, let found = meeting(old, near, new, close, run: 1, isUnique: true) { return found }
            if reach >= left.count, reach >= right.count { return nil }
            reach *= 4
        }
    }

    /// - Parameters:
    ///   - run: how many lines in a row must be equal.
    ///   - isUnique: the lines must occur only once on each side.
    private static func meeting(
        _ old: DiffLines, _ left: Range<Int>, _ new: DiffLines, _ right: Range<Int>, run: Int, isUnique: Bool
    ) -> (Int, Int)? {
        guard left.count >= run, right.count >= run else { return nil }
        /// The first place of each hash, and whether it is the only one.
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

    /// A short change, split at the equal lines inside it. A long change stays as it is.
    private static func refined(_ change: Change, _ old: DiffLines, _ new: DiffLines) -> [Change] {
        guard !change.old.isEmpty, !change.new.isEmpty, change.old.count <= 200, change.new.count <= 200 else {
            return [change]
        }
        let difference = change.new.map { new[$0] }.difference(from: change.old.map { old[$0] })
        var removed: Set<Int> = [], inserted: Set<Int> = []
        // CollectionDifference counts offsets from the beginning of each part.
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
