import Hosts

/// What a change of the hosts does to guests: the same asks before and after it.
package struct FleetWhatIf: Sendable {
    /// Guests with one ask that lose hosts.
    package struct Effect: Sendable {
        /// An index of the census's asks before the change.
        package var ask: Int
        package var guests: FleetCensus.Guests
        /// How many hosts start the guests before and after.
        package var before: Int
        package var after: Int
    }

    /// Guests that no host starts any more.
    package private(set) var stranded: [Effect] = []
    /// Guests that fewer hosts start.
    package private(set) var fewer: [Effect] = []
    /// Guests that more hosts start.
    package private(set) var more: [Effect] = []
    /// Guests of hosts that leave.
    package private(set) var displaced = 0
    /// How many of those no remaining host of their cluster starts.
    package private(set) var withoutCluster = 0
    /// Guests that are on a host that would not start them again, and were not before.
    package private(set) var refusedHere = 0
    /// Hosts that were named by a URI and did not answer, after the change.
    package let failures: [HostError]

    /// - Parameter after: a judge of the same asks, in the same order, on the changed hosts.
    package init(_ before: FleetJudge, _ after: FleetJudge) {
        let census = before.census
        failures = after.failures
        var guests = [FleetCensus.Guests](repeating: FleetCensus.Guests(), count: census.asks.count)
        for (place, here) in census.sortedPlaces {
            guests[place.ask] += here
            guard let host = place.host else { continue }
            if after.census.host(census.hosts[host].name) == nil {
                displaced += here.count
                let cluster = census.hosts[host].cluster
                let isTaken = after.census.hosts.contains { other in
                    other.cluster == cluster && after.start(place.ask, on: other.kind).answer == .starts
                }
                if cluster != nil, !isTaken { withoutCluster += here.count }
            }
            guard before.start(place.ask, on: census.hosts[host].kind).answer != .refuses,
                let now = after.census.host(census.hosts[host].name)
            else { continue }
            if after.start(place.ask, on: after.census.hosts[now].kind).answer == .refuses { refusedHere += here.count }
        }
        for ask in census.asks.indices where guests[ask].count > 0 {
            let effect = Effect(ask: ask, guests: guests[ask], before: Self.hosts(ask, before), after: Self.hosts(ask, after))
            if effect.after == 0, effect.before > 0 {
                stranded.append(effect)
            } else if effect.after < effect.before {
                fewer.append(effect)
            } else if effect.after > effect.before {
                more.append(effect)
            }
        }
        func most(_ a: Effect, _ b: Effect) -> Bool { (b.guests.count, census.asks[a.ask].key) < (a.guests.count, census.asks[b.ask].key) }
        stranded.sort(by: most)
        fewer.sort(by: most)
        more.sort(by: most)
    }

    /// How many hosts start guests with an ask.
    private static func hosts(_ ask: Int, _ judge: FleetJudge) -> Int {
        judge.census.kinds.indices.reduce(0) { judge.start(ask, on: $1).answer == .starts ? $0 + judge.census.kinds[$1].hosts.count : $0 }
    }
}
