import CPUModel

/// Windows guests with one ask whose CPU is another one on other hosts: Windows can ask to be activated again there.
package struct FleetWindows: Sendable {
    /// What the guests would see on other kinds of hosts.
    package struct Change: Sendable {
        /// The kind of the hosts that the guests are on.
        package var from: Int
        /// The guests there.
        package var guests: FleetCensus.Guests
        /// The kinds on which the guests would see the change.
        package var to: [Int]
        /// What the guests have now, in a few words; nil if it is not known.
        package var now: String?
        package var there: String?
        /// False if capabilities or domain capabilities would be needed to be certain.
        package var isCertain: Bool
        /// The features that the guests would lose and gain.
        package var lost: [String]
        package var gained: [String]
    }

    /// An index of the census's asks.
    package var ask: Int
    /// How many Windows guests have the ask.
    package var guests: Int
    package var changes: [Change] = []

    /// Guests of one cluster on hosts of one kind. Hosts that are in no cluster are one.
    private struct Origin: Hashable {
        var cluster: String?
        var kind: Int
    }

    /// Windows guests that follow their host, those with the most guests first.
    ///
    /// - Parameter isWithinCluster: guests go to hosts of the same cluster only.
    package static func all(_ judge: FleetJudge, isWithinCluster: Bool) -> [FleetWindows] {
        let census = judge.census
        var kinds: [String?: Set<Int>] = [:]
        for host in census.hosts { kinds[isWithinCluster ? host.cluster : nil, default: []].insert(host.kind) }
        var present: [Int: [Origin: FleetCensus.Guests]] = [:]
        var total: [Int: Int] = [:]
        for (place, guests) in census.sortedPlaces where guests.windows > 0 && judge.followsHost(place.ask) {
            total[place.ask, default: 0] += guests.windows
            guard let host = place.host.map({ census.hosts[$0] }) else { continue }
            let origin = Origin(cluster: isWithinCluster ? host.cluster : nil, kind: host.kind)
            present[place.ask, default: [:]][origin, default: FleetCensus.Guests()] += guests
        }
        return total.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ask, guests in
            let origins = (present[ask] ?? [:]).sorted { ($0.key.kind, $0.key.cluster ?? "") < ($1.key.kind, $1.key.cluster ?? "") }
            let changes = origins.flatMap { origin, guests in
                self.changes(ask, from: origin.kind, guests, to: kinds[origin.cluster]!.sorted(), judge)
            }
            return FleetWindows(ask: ask, guests: guests, changes: merged(changes))
        }
    }

    private static func changes(_ ask: Int, from: Int, _ guests: FleetCensus.Guests, to kinds: [Int], _ judge: FleetJudge) -> [Change] {
        var changes: [Change] = []
        let x86 = judge.knowledge.x86
        let now = judge.followedCPU(ask, on: from)
        for to in kinds where to != from && judge.start(ask, on: to).answer == .starts {
            let there = judge.followedCPU(ask, on: to)
            if now != nil, now == there { continue }
            let change = Change(
                from: from, guests: guests, to: [to], now: now?.name, there: there?.name,
                isCertain: now?.isCertain ?? false && there?.isCertain ?? false,
                lost: now.flatMap { now in there.map { x86.featureNames(in: now.features - $0.features) } } ?? [],
                gained: now.flatMap { now in there.map { x86.featureNames(in: $0.features - now.features) } } ?? [])
            let same = changes.firstIndex {
                $0.there == change.there && $0.isCertain == change.isCertain && $0.lost == change.lost && $0.gained == change.gained
            }
            if let same { changes[same].to.append(to) } else { changes.append(change) }
        }
        return changes
    }

    /// The changes of several clusters, with the guests of those that are the same added up.
    private static func merged(_ changes: [Change]) -> [Change] {
        var merged: [Change] = []
        for change in changes {
            let same = merged.firstIndex {
                $0.from == change.from && $0.to == change.to && $0.there == change.there && $0.isCertain == change.isCertain && $0.lost == change.lost && $0.gained == change.gained
            }
            if let same { merged[same].guests += change.guests } else { merged.append(change) }
        }
        return merged.sorted { ($1.guests.windows, $0.from, $0.to[0]) < ($0.guests.windows, $1.from, $1.to[0]) }
    }
}
