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
    /// The state of the guests at a place.
    package func state(of place: FleetCensus.Place) -> FleetState {
        let answers = census.kinds.indices.map { start(place.ask, on: $0).answer }
        let here = place.host.map { census.hosts[$0].kind }
        if let here, answers[here] == .refuses { return .refusedHere }
        let starting = answers.indices.filter { answers[$0] == .starts }
        if answers.allSatisfy({ $0 == .refuses }) { return .startsNowhere }
        if answers.contains(.unknown) {
            // Unknown hosts can only add to those that start the guest.
            return starting.isEmpty ? .unknown : starting == here.map { [$0] } && census.kinds[here!].hosts.count == 1 ? .unknown : .someHosts
        }
        if let here, starting == [here], census.kinds[here].hosts.count == 1 { return .cannotLeave }
        return starting.count == answers.count ? .everywhere : .someHosts
    }

    /// How many guests are in each state, with guests that are not judged among the unknown.
    package var states: [FleetState: Int] {
        var states: [FleetState: Int] = [:]
        for (place, guests) in census.places { states[state(of: place), default: 0] += guests.count }
        if census.notJudged.count > 0 { states[.unknown, default: 0] += census.notJudged.count }
        return states
    }
}
