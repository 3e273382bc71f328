/// Hosts that can take each other's guests, all of them and while they run.
package struct FleetSets: Sendable {
    /// The kinds of each set. Between each two of them, every guest that is on either can move.
    package private(set) var sets: [[Int]] = []
    /// Kinds of hosts that have no guests, of which nothing can be said.
    package private(set) var withoutGuests: [Int] = []
    /// Pairs of kinds between which all guests can move in one direction only.
    package private(set) var oneWay: [(from: Int, to: Int)] = []

    package init(_ judge: FleetJudge) {
        let census = judge.census
        var asks = [Set<Int>](repeating: [], count: census.kinds.count)
        for place in census.places.keys { if let host = place.host { asks[census.hosts[host].kind].insert(place.ask) } }
        let kinds = census.kinds.indices.filter { !asks[$0].isEmpty }
        withoutGuests = census.kinds.indices.filter { asks[$0].isEmpty }
        func goes(_ from: Int, _ to: Int) -> Bool {
            from == to || asks[from].allSatisfy { judge.start($0, on: from).answer == .refuses || judge.move($0, from: from, to: to).answer == .starts }
        }
        var moves = [[Bool]](repeating: [Bool](repeating: false, count: census.kinds.count), count: census.kinds.count)
        for from in kinds { for to in kinds { moves[from][to] = goes(from, to) } }
        // A kind joins the first set with whose members it exchanges all guests. That need not be so for each two members of
        // what they exchange with in turn.
        for kind in kinds {
            if let index = sets.firstIndex(where: { $0.allSatisfy { moves[kind][$0] && moves[$0][kind] } }) {
                sets[index].append(kind)
            } else {
                sets.append([kind])
            }
        }
        for from in kinds { for to in kinds where moves[from][to] && !moves[to][from] { oneWay.append((from, to)) } }
        func hosts(_ set: [Int]) -> Int { set.reduce(0) { $0 + census.kinds[$1].hosts.count } }
        sets.sort { (hosts($1), $0[0]) < (hosts($0), $1[0]) }
    }
}
