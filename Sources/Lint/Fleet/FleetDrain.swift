/// What keeps a host from being emptied.
package struct FleetDrain: Sendable {
    /// Guests with one ask that cannot leave.
    package struct Blocker: Sendable {
        /// An index of the census's asks.
        package var ask: Int
        package var guests: FleetCensus.Guests
        /// Why, for each answer of the other kinds: those with the most hosts first. Empty if there is no other host.
        package var reasons: [(verdict: FleetVerdict, kinds: [Int])]
        /// Of some other hosts it is not known whether they refuse the guests.
        package var isUnknown: Bool { reasons.contains { $0.verdict.answer == .unknown } }
        /// False if capabilities or domain capabilities would be needed to be certain.
        package var isCertain: Bool { reasons.allSatisfy(\.verdict.isCertain) }
    }

    /// An index of the census's hosts.
    package var host: Int
    package var guests = 0
    /// The other hosts that were asked, as indices.
    package var others: [Int]
    /// Guests that no other host takes over while they run.
    package var live: [Blocker] = []
    /// Guests that no other host starts.
    package var cold: [Blocker] = []
    /// False if capabilities or domain capabilities would be needed to be certain that all guests but those of `live` can move.
    package var isLiveCertain = true
    /// False if capabilities or domain capabilities would be needed to be certain that all guests but those of `cold` start elsewhere.
    package var isColdCertain = true
    /// Guests with a device of the host, which must be stopped and changed whatever their CPU is.
    package var withDevices = 0

    /// - Parameter isWithinCluster: guests go to hosts of the same cluster only, if the host is in one.
    package init(_ host: Int, _ judge: FleetJudge, isWithinCluster: Bool, asks: [(ask: Int, guests: FleetCensus.Guests)]) {
        let census = judge.census
        self.host = host
        let own = census.hosts[host]
        others = census.hosts.indices.filter {
            $0 != host && (!isWithinCluster || own.cluster == nil || census.hosts[$0].cluster == own.cluster)
        }
        let kinds = Set(others.map { census.hosts[$0].kind }).sorted()
        for (ask, here) in asks {
            guests += here.count
            withDevices += here.withDevices
            /// - Parameter isCertain: becomes false if the guests can leave, but to no host for certain.
            func blocker(_ isCertain: inout Bool, _ verdict: (Int) -> FleetVerdict) -> Blocker? {
                var reasons: [(verdict: FleetVerdict, kinds: [Int])] = []
                var canLeave = false
                for kind in kinds {
                    let verdict = verdict(kind)
                    if verdict.answer == .starts {
                        if verdict.isCertain { return nil }
                        canLeave = true
                    }
                    if canLeave { continue }
                    if let index = reasons.firstIndex(where: { $0.verdict == verdict }) {
                        reasons[index].kinds.append(kind)
                    } else {
                        reasons.append((verdict, [kind]))
                    }
                }
                if canLeave {
                    isCertain = false
                    return nil
                }
                func hosts(_ kinds: [Int]) -> Int { others.count { kinds.contains(census.hosts[$0].kind) } }
                return Blocker(ask: ask, guests: here, reasons: reasons.sorted { (hosts($1.kinds), $0.kinds[0]) < (hosts($0.kinds), $1.kinds[0]) })
            }
            if let blocker = blocker(&isColdCertain, { judge.start(ask, on: $0) }) { cold.append(blocker) }
            if let blocker = blocker(&isLiveCertain, { judge.move(ask, from: own.kind, to: $0) }) { live.append(blocker) }
        }
        func most(_ a: Blocker, _ b: Blocker) -> Bool {
            (b.guests.count, census.asks[a.ask].key) < (a.guests.count, census.asks[b.ask].key)
        }
        cold.sort(by: most)
        live.sort(by: most)
    }

    /// The answer for each host, or for those that are named, in the order of the census.
    package static func all(_ judge: FleetJudge, isWithinCluster: Bool, of hosts: Set<Int>? = nil) -> [FleetDrain] {
        var asks = [[(ask: Int, guests: FleetCensus.Guests)]](repeating: [], count: judge.census.hosts.count)
        for (place, guests) in judge.census.places { if let host = place.host { asks[host].append((place.ask, guests)) } }
        return judge.census.hosts.indices.filter { hosts?.contains($0) ?? true }.map { host in
            FleetDrain(host, judge, isWithinCluster: isWithinCluster, asks: asks[host].sorted { $0.ask < $1.ask })
        }
    }
}
