/// Where a guest can run. The states exclude each other: of several that hold, the first is the guest's.
package enum FleetState: String, Sendable, CaseIterable {
    /// The host that it is on would not start it again.
    case refusedHere = "refused-where-it-is"
    /// No host starts it.
    case startsNowhere = "starts-nowhere"
    /// Only the host that it is on starts it.
    case cannotLeave = "cannot-leave"
    /// Several hosts start it, but not all.
    case someHosts = "some-hosts"
    /// Every host starts it.
    case everywhere
    /// Too little is known.
    case unknown
}

extension FleetJudge {
    /// The state of the guests at a place, on all hosts.
    package func state(of place: FleetCensus.Place) -> FleetState {
        state(of: place, among: census.kinds.indices.map { ($0, census.kinds[$0].hosts.count) })
    }

    /// The state of the guests at a place, on some hosts.
    ///
    /// - Parameter kinds: the kinds of those hosts, each with the number of the hosts. The guests' own host is one of them.
    func state(of place: FleetCensus.Place, among kinds: [(kind: Int, hosts: Int)]) -> FleetState {
        let answers = kinds.map { start(place.ask, on: $0.kind).answer }
        let own = place.host.map { census.hosts[$0].kind }
        let here = kinds.firstIndex { $0.kind == own }
        if let here, answers[here] == .refuses { return .refusedHere }
        let starting = answers.indices.filter { answers[$0] == .starts }
        if answers.allSatisfy({ $0 == .refuses }) { return .startsNowhere }
        let startsOnlyHere = here.map { starting == [$0] && kinds[$0].hosts == 1 } ?? false
        // Hosts of which nothing is known can only add to those that start the guest.
        if answers.contains(.unknown) { return starting.isEmpty || startsOnlyHere ? .unknown : .someHosts }
        if startsOnlyHere { return .cannotLeave }
        return starting.count == answers.count ? .everywhere : .someHosts
    }

    /// How many guests are in a state that is not certain, because the capabilities or domain capabilities of a host are not known.
    package var notCertain: Int {
        let areCertain = census.asks.indices.map { ask in
            census.kinds.indices.allSatisfy { kind in
                let verdict = start(ask, on: kind)
                return verdict.isCertain || verdict.answer == .unknown
            }
        }
        return census.places.reduce(0) { count, entry in
            if areCertain[entry.key.ask] { return count }
            // Guests that their own host refuses are in that state whatever the others do.
            if let own = entry.key.host.map({ start(entry.key.ask, on: census.hosts[$0].kind) }), own.answer == .refuses {
                return own.isCertain ? count : count + entry.value.count
            }
            return state(of: entry.key) == .unknown ? count : count + entry.value.count
        }
    }

    /// How many guests are in each state, with guests that are not judged among the unknown.
    package var states: [FleetState: Int] {
        var states: [FleetState: Int] = [:]
        for (place, guests) in census.places { states[state(of: place), default: 0] += guests.count }
        if census.notJudged.count > 0 { states[.unknown, default: 0] += census.notJudged.count }
        return states
    }
}
