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
        /// The features that the guests would lose and gain.
        package var lost: [String]
        package var gained: [String]
    }

    /// An index of the census's asks.
    package var ask: Int
    /// How many Windows guests have the ask.
    package var guests: Int
    package var changes: [Change] = []

    /// Windows guests that follow their host, those with the most guests first.
    package static func all(_ judge: FleetJudge) -> [FleetWindows] {
        var present: [Int: [Int: FleetCensus.Guests]] = [:]
        var total: [Int: Int] = [:]
        let census = judge.census
        for (place, guests) in census.sortedPlaces
        where guests.windows > 0 && judge.followsHost(place.ask) {
            total[place.ask, default: 0] += guests.windows
            if let host = place.host { present[place.ask, default: [:]][census.hosts[host].kind, default: FleetCensus.Guests()] += guests }
        }
        return total.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ask, guests in
            FleetWindows(ask: ask, guests: guests, changes: changes(ask, present[ask] ?? [:], judge))
        }
    }

    private static func changes(_ ask: Int, _ present: [Int: FleetCensus.Guests], _ judge: FleetJudge) -> [Change] {
        var changes: [Change] = []
        let x86 = judge.knowledge.x86
        for (from, guests) in present.sorted(by: { $0.key < $1.key }) {
            let now = judge.followedCPU(ask, on: from)
            for to in judge.census.kinds.indices where to != from && judge.start(ask, on: to).answer == .starts {
                let there = judge.followedCPU(ask, on: to)
                if now != nil, now == there { continue }
                let change = Change(
                    from: from, guests: guests, to: [to], now: now?.words, there: there?.words,
                    lost: now.flatMap { now in there.map { x86.featureNames(in: now.features - $0.features) } } ?? [],
                    gained: now.flatMap { now in there.map { x86.featureNames(in: $0.features - now.features) } } ?? [])
                let same = changes.firstIndex { $0.from == from && $0.there == change.there && $0.lost == change.lost && $0.gained == change.gained }
                if let same { changes[same].to.append(to) } else { changes.append(change) }
            }
        }
        return changes
    }
}
