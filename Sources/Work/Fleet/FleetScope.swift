import Lint

extension FleetQuestion.Fleet {
    /// Guests go to hosts of the same cluster, or to any host.
    package enum Scope: String, Sendable, CaseIterable { case cluster, fleet }

    /// The indices of the hosts that a question names.
    /// - Throws: `FleetError` for one that there is not.
    package func hosts(named names: [String]) throws(FleetError) -> Set<Int>? {
        if names.isEmpty || names == ["all"] { return nil }
        var hosts: Set<Int> = []
        for name in names {
            guard let host = judge.census.host(name) else { throw FleetError("there is no host \(name) among those of --host") }
            hosts.insert(host)
        }
        return hosts
    }
}
