/// The hosts of a cluster, and where its guests can run within it.
package struct FleetCluster: Sendable {
    /// Nil for the hosts that are in no cluster.
    package var name: String?
    /// Indices of the census's hosts.
    package var hosts: [Int]
    package var guests = FleetCensus.Guests()
    /// How many guests are in each state, if the hosts of the cluster were all there are.
    package var states: [FleetState: Int] = [:]

    /// The clusters by their names; last, the hosts that are in none.
    package static func all(_ judge: FleetJudge) -> [FleetCluster] {
        let census = judge.census
        var members: [String?: [Int]] = [:]
        for (index, host) in census.hosts.enumerated() { members[host.cluster, default: []].append(index) }
        var clusters = members.map { FleetCluster(name: $0.key, hosts: $0.value) }
        clusters.sort { ($0.name == nil ? 1 : 0, $0.name ?? "") < ($1.name == nil ? 1 : 0, $1.name ?? "") }
        let kinds = clusters.map { cluster in
            Dictionary(grouping: cluster.hosts) { census.hosts[$0].kind }.map { (kind: $0.key, hosts: $0.value.count) }.sorted { $0.kind < $1.kind }
        }
        var places = [Int](repeating: 0, count: census.hosts.count)
        for (index, cluster) in clusters.enumerated() { for host in cluster.hosts { places[host] = index } }
        for (place, guests) in census.sortedPlaces {
            guard let host = place.host else { continue }
            let cluster = places[host]
            clusters[cluster].guests += guests
            clusters[cluster].states[judge.state(of: place, among: kinds[cluster]), default: 0] += guests.count
        }
        return clusters
    }
}
