/// Moves of a guest with one answer, from any of the origins to any of the destinations.
public struct MoveGroup: Sendable, Equatable {
    /// The names of the hosts on which the guest was started.
    public var origins: [String]
    /// The names of the hosts to which it would move.
    public var destinations: [String]
    /// What would happen, and why.
    public var verdict: MoveVerdict

    /// Why the destinations do not take the guest, or why that is not known, in a few clauses.
    var why: String {
        let isOne = destinations.count == 1
        return verdict.obstacles.map { $0.words(about: isOne ? "it" : "they", isOne: isOne) }.joined(separator: "; ")
    }
}

extension MoveGroup: CustomStringConvertible {
    /// One line: `started on hv02, it cannot move to hv01: it lacks vaes`.
    public var description: String { words(about: "it") }

    /// The line, with another word for the guest.
    func words(about guest: String) -> String {
        let start = "started on \(listing(origins)), "
        let rest = "move to \(listing(destinations))" + (why.isEmpty ? "" : ": \(why)")
        switch verdict.answer {
        case .moves: return start + "\(guest) can \(rest)"
        case .fails: return start + "\(guest) \(verdict.isCertain ? "cannot" : "might be unable to") \(rest)"
        case .unknown: return start + "it is not known whether \(guest) can \(rest)"
        }
    }
}
