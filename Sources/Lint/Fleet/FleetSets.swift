/// Hosts that can take each other's guests, all of them and while they run.
package struct FleetSets: Sendable {
    /// Kinds of hosts between each two of which every guest that is on either can move.
    package struct Exchange: Sendable {
        package var kinds: [Int]
        /// False if capabilities or domain capabilities would be needed to be certain.
        package var isCertain = true
    }

    /// Two kinds of hosts between which all guests can move in one direction only.
    package struct OneWay: Sendable {
        package var from: Int
        package var to: Int
        /// False if capabilities or domain capabilities would be needed to be certain of both directions.
        package var isCertain: Bool
    }

    package private(set) var sets: [Exchange] = []
    /// The kinds of hosts that have no guests, of which nothing can be said.
    package private(set) var withoutGuests: [Int] = []
    package private(set) var oneWay: [OneWay] = []

    package init(_ judge: FleetJudge) {
        let census = judge.census
        var asks = [Set<Int>](repeating: [], count: census.kinds.count)
        for place in census.places.keys { if let host = place.host { asks[census.hosts[host].kind].insert(place.ask) } }
        let kinds = census.kinds.indices.filter { !asks[$0].isEmpty }
        withoutGuests = census.kinds.indices.filter { asks[$0].isEmpty }
        var moves = [[Move]](repeating: [Move](repeating: Move(), count: census.kinds.count), count: census.kinds.count)
        for from in kinds { for to in kinds where to != from { moves[from][to] = Move(of: asks[from], from: from, to: to, judge) } }
        // A kind joins the first set with whose members it exchanges all guests. That need not be so for each two members of
        // what they exchange with in turn.
        for kind in kinds {
            if let index = sets.firstIndex(where: { $0.kinds.allSatisfy { moves[kind][$0].isPossible && moves[$0][kind].isPossible } }) {
                if !sets[index].kinds.allSatisfy({ moves[kind][$0].isCertain && moves[$0][kind].isCertain }) { sets[index].isCertain = false }
                sets[index].kinds.append(kind)
            } else {
                sets.append(Exchange(kinds: [kind]))
            }
        }
        for from in kinds {
            for to in kinds where moves[from][to].isPossible && !moves[to][from].isPossible {
                oneWay.append(OneWay(from: from, to: to, isCertain: moves[from][to].isCertain && moves[to][from].isCertain))
            }
        }
        func hosts(_ set: Exchange) -> Int { set.kinds.reduce(0) { $0 + census.kinds[$1].hosts.count } }
        sets.sort { (hosts($1), $0.kinds[0]) < (hosts($0), $1.kinds[0]) }
    }

    /// Whether all guests of one kind of hosts can move to another one.
    private struct Move {
        var isPossible = true
        var isCertain = true

        init() {}

        init(of asks: Set<Int>, from: Int, to: Int, _ judge: FleetJudge) {
            // Guests that their own host refuses move nowhere, and are left out.
            let verdicts = asks.filter { judge.start($0, on: from).answer != .refuses }.map { judge.move($0, from: from, to: to) }
            let obstacles = verdicts.filter { $0.answer != .starts }
            isPossible = obstacles.isEmpty
            // One guest that certainly cannot move is enough.
            isCertain = isPossible ? verdicts.allSatisfy(\.isCertain) : obstacles.contains(where: \.isCertain)
        }
    }
}
