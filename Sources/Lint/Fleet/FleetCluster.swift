/// The hosts of a cluster, and where its guests can run within it.
package struct FleetCluster: Sendable {
    /// Nil for the hosts that are in no cluster.
    package var name: String?
    /// Indices of the census's hosts.
    package var hosts: [Int]
    package var guests = FleetCensus.Guests()
    /// How many guests are in each state, if the hosts of the cluster were all there are.
    package var states: [FleetState: Int] = [:]
    /// The guests that their own host would not start again, those with the most guests first.
    package var refusals: [Refusal] = []

    /// Guests that hosts of one kind refuse for the same reasons.
    package struct Refusal: Sendable {
        package var kind: Int
        package var verdict: FleetVerdict
        /// Indices of the census's asks.
        package var asks: [Int] = []
        package var guests = FleetCensus.Guests()
    }

    private struct RefusalKey: Hashable {
        var cluster: Int
        var kind: Int
        var verdict: FleetVerdict
    }

    /// The clusters by their names; last, the hosts that are in none.
    package static func all(_ judge: FleetJudge) -> [FleetCluster] {
        let census = judge.census
        var clusters = census.hostsByCluster.map { FleetCluster(name: $0.name, hosts: $0.hosts) }
        let kinds = clusters.map { cluster in
            Dictionary(grouping: cluster.hosts) { census.hosts[$0].kind }.map { (kind: $0.key, hosts: $0.value.count) }.sorted { $0.kind < $1.kind }
        }
        var places = [Int](repeating: 0, count: census.hosts.count)
        for (index, cluster) in clusters.enumerated() { for host in cluster.hosts { places[host] = index } }
        var refusals: [RefusalKey: Refusal] = [:]
        func add(_ ask: Int, _ guests: FleetCensus.Guests, _ key: RefusalKey) {
            var refusal = refusals[key] ?? Refusal(kind: key.kind, verdict: key.verdict)
            if refusal.asks.last != ask { refusal.asks.append(ask) }
            refusal.guests += guests
            refusals[key] = refusal
        }
        for (place, guests) in census.sortedPlaces {
            guard let host = place.host else { continue }
            let cluster = places[host]
            clusters[cluster].guests += guests
            let state = judge.state(of: place, among: kinds[cluster])
            clusters[cluster].states[state, default: 0] += guests.count
            if state == .refusedHere { add(place.ask, guests, RefusalKey(cluster: cluster, kind: census.hosts[host].kind, verdict: judge.start(place.ask, on: census.hosts[host].kind))) }
        }
        for (key, refusal) in refusals { clusters[key.cluster].refusals.append(refusal) }
        for index in clusters.indices {
            clusters[index].refusals.sort { ($1.guests.count, $0.kind, $0.asks[0]) < ($0.guests.count, $1.kind, $1.asks[0]) }
        }
        return clusters
    }
}
