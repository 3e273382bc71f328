/// An entry of `guests` at its place, or the rest of the policy, which applies to guests that no entry matches.
struct GuestClause {
    /// nil for the rest of the policy.
    var entry: GuestEntry?
    /// The index of the entry; nil for the rest.
    var index: Int?

    var isRest: Bool { entry == nil }

    /// What the entry matches, in words; empty for the rest.
    var name: String {
        guard let match = entry?.match else { return "" }
        return [("name", match.name), ("os", match.os), ("type", match.type), ("arch", match.arch), ("path", match.path)]
            .compactMap { key, word in word.map { "\(key): \($0)" } }.joined(separator: ", ")
    }

    /// More changed entries are not compared with all others: the pairs would be too many.
    private static let mostChanged = 64

    private static func all(_ entries: [GuestEntry]) -> [GuestClause] {
        entries.enumerated().map { GuestClause(entry: $0.element, index: $0.offset) } + [GuestClause()]
    }

    /// The pairs of clauses that can apply to one guest, before and after, and whether they are all of them.
    static func pairs(from before: [GuestEntry], to after: [GuestEntry]) -> (pairs: [(old: GuestClause, new: GuestClause)], isComplete: Bool) {
        let old = all(before), new = all(after)
        func isSame(_ i: Int, _ j: Int) -> Bool { old[i].entry?.match == new[j].entry?.match }
        var pairs: [(old: GuestClause, new: GuestClause)] = []
        var start = 0
        while start < min(old.count, new.count), isSame(start, start) {
            pairs.append((old[start], new[start]))
            start += 1
        }
        var oldEnd = old.count, newEnd = new.count
        while oldEnd > start, newEnd > start, isSame(oldEnd - 1, newEnd - 1) {
            (oldEnd, newEnd) = (oldEnd - 1, newEnd - 1)
            pairs.append((old[oldEnd], new[newEnd]))
        }
        guard oldEnd - start + newEnd - start <= mostChanged else { return (pairs, false) }
        // An entry that is new, gone or moved takes guests from those behind it, or leaves them to those.
        for i in start..<old.count {
            for j in start..<new.count where i < oldEnd || j < newEnd {
                let (a, b) = (old[i], new[j])
                // Such a guest would have been another entry's before, or would be now.
                if old[start..<i].contains(where: { $0.entry?.match == b.entry?.match }) { continue }
                if new[start..<j].contains(where: { $0.entry?.match == a.entry?.match }) { continue }
                if mayMatchTheSame(a.entry?.match, b.entry?.match) { pairs.append((a, b)) }
            }
        }
        return (pairs, true)
    }

    /// Whether one guest can match both, as far as the beginnings of their words tell.
    private static func mayMatchTheSame(_ a: GuestMatch?, _ b: GuestMatch?) -> Bool {
        guard let a, let b else { return true }
        return [(a.name, b.name), (a.type, b.type), (a.arch, b.arch), (a.pathPattern, b.pathPattern)].allSatisfy { own, other in
            guard let own, let other else { return true }
            let (start, otherStart) = (beginning(of: own), beginning(of: other))
            if start.count == own.utf8.count, otherStart.count == other.utf8.count { return own == other }
            return start.starts(with: otherStart) || otherStart.starts(with: start)
        }
    }

    /// What a pattern begins with, up to its first wildcard.
    private static func beginning(of pattern: String) -> [UInt8] { Array(pattern.utf8.prefix { !"*?[\\".utf8.contains($0) }) }
}
