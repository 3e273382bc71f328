import Hosts

/// Which hosts there are, what their guests ask, and how many guests ask it where. Guests with one ask on one host are a
/// count: what is said of one holds for all.
package struct FleetCensus: Sendable {
    /// A host that no guest's verdict can tell apart from the others of its kind.
    package struct Kind: Sendable {
        /// The key of the kind, as packed hosts state it.
        package var key: String
        /// One of the hosts.
        package var host: Host
        /// The hosts of the kind, as indices.
        package var hosts: [Int] = []
    }

    package struct FleetHost: Sendable {
        package var name: String
        /// Nil if nothing states it.
        package var cluster: String?
        /// An index of `kinds`.
        package var kind: Int
    }

    /// An ask on a host.
    package struct Place: Hashable, Sendable {
        /// An index of `asks`.
        package var ask: Int
        /// An index of `hosts`; nil if it is not known where the guests are.
        package var host: Int?

        package init(ask: Int, host: Int?) {
            self.ask = ask
            self.host = host
        }
    }

    /// Guests that ask the same on the same host.
    package struct Guests: Sendable, Equatable {
        package var count = 0
        /// How many of them are Windows guests.
        package var windows = 0
        /// How many have a device of their host, which keeps them there whatever their CPU is.
        package var withDevices = 0
        /// The ids of a few.
        package var samples: [String] = []

        package init() {}

        package static func += (guests: inout Guests, more: Guests) {
            guests.count += more.count
            guests.windows += more.windows
            guests.withDevices += more.withDevices
            guests.samples += more.samples.prefix(FleetCensus.mostSamples - guests.samples.count)
        }
    }

    /// One line about a guest.
    package struct Fact {
        package var id = ""
        /// The key of the ask; nil if the guest asks for nothing, because QEMU does not run it.
        package var ask: String?
        package var host: String?
        package var cluster: String?
        package var isWindows = false
        package var hasDevices = false

        package init() {}
    }

    /// The most guests of one place that are named.
    package static let mostSamples = 5
    /// The most asks.
    package static let mostAsks = 1 << 16
    /// The most kinds.
    package static let mostKinds = 1 << 12
    /// The most asks times kinds.
    package static let mostVerdicts = 50_000_000

    package private(set) var kinds: [Kind] = []
    package private(set) var hosts: [FleetHost] = []
    package private(set) var asks: [Ask] = []
    package private(set) var places: [Place: Guests] = [:]
    /// The guests that QEMU does not run.
    package private(set) var notJudged = Guests()
    /// How many guests are on hosts that are not among the hosts.
    package private(set) var onOtherHosts = 0
    /// The names of hosts that could not be read.
    package var unreadableHosts: [String] = []
    /// How many guests are on those.
    package private(set) var onUnreadableHosts = 0
    /// The hosts of which records name different clusters. The first is taken.
    package private(set) var hostsInSeveralClusters: Set<Int> = []
    /// How many records had an error.
    package var errors = 0

    private var askPlaces: [String: Int] = [:]
    private var hostPlaces: [String: Int] = [:]
    /// The hosts whose cluster the hosts' own files state.
    private var withOwnCluster: Set<Int> = []

    /// - Parameter hosts: those that were read from packed hosts are put together by their kinds.
    /// - Throws: `FleetError` for two hosts of one name, or too many kinds.
    package init(hosts named: [Host]) throws(FleetError) {
        let equal = EqualHosts(named)
        guard equal.members.count <= Self.mostKinds else { throw FleetError("more than \(Self.mostKinds) kinds of hosts") }
        for members in equal.members {
            let host = named[members[0]]
            kinds.append(Kind(key: host.kind ?? host.name, host: host, hosts: members))
        }
        for (index, host) in named.enumerated() {
            guard hostPlaces.updateValue(index, forKey: host.name) == nil else { throw FleetError("two hosts are called \(quoted(host.name))") }
            hosts.append(FleetHost(name: host.name, cluster: host.cluster, kind: equal.kinds[index]))
            if host.cluster != nil { withOwnCluster.insert(index) }
        }
    }

    /// Gives hosts whose own files state no cluster the one that a host of the same name has in another census, as facts state it.
    package mutating func takeClusters(of other: FleetCensus) {
        for host in other.hosts {
            guard let index = hostPlaces[host.name], !withOwnCluster.contains(index) else { continue }
            hosts[index].cluster = host.cluster
        }
    }

    /// How many guests there are, with those that are not judged.
    package var guests: Int { places.values.reduce(notJudged.count) { $0 + $1.count } }

    /// The index of the ask with a key; nil if it was not added.
    package func ask(_ key: String) -> Int? { askPlaces[key] }

    /// The index of a host; nil if there is none of this name.
    package func host(_ name: String) -> Int? { hostPlaces[name] }

    /// Adds an ask.
    /// - Throws: `FleetError` for too many.
    package mutating func add(_ ask: Ask) throws(FleetError) {
        guard askPlaces[ask.key] == nil else { return }
        askPlaces[ask.key] = asks.count
        asks.append(ask)
        guard asks.count <= Self.mostAsks else { throw FleetError("the guests ask for more than \(Self.mostAsks) different CPUs") }
        guard asks.count * kinds.count <= Self.mostVerdicts else {
            throw FleetError("more than \(Self.mostVerdicts / 1_000_000) million verdicts: \(asks.count) asks on \(kinds.count) kinds of hosts")
        }
    }

    /// Counts a guest, whose ask was added.
    package mutating func count(_ fact: Fact) {
        var guest = Guests()
        guest.count = 1
        guest.windows = fact.isWindows ? 1 : 0
        guest.withDevices = fact.hasDevices ? 1 : 0
        guard let key = fact.ask, let ask = askPlaces[key] else {
            Self.add(guest, fact.id, to: &notJudged)
            return
        }
        let host = fact.host.flatMap { hostPlaces[$0] }
        if let host, let cluster = fact.cluster, !withOwnCluster.contains(host) {
            // Of clusters that contradict each other, the same one wins whatever the order of the facts.
            if let other = hosts[host].cluster, other != cluster { hostsInSeveralClusters.insert(host) }
            hosts[host].cluster = min(hosts[host].cluster ?? cluster, cluster)
        }
        if host == nil, let name = fact.host {
            if unreadableHosts.contains(name) { onUnreadableHosts += 1 } else { onOtherHosts += 1 }
        }
        Self.add(guest, fact.id, to: &places[Place(ask: ask, host: host), default: Guests()])
    }

    /// The samples are the first by their names, so that the order of the facts does not matter.
    private static func add(_ guest: Guests, _ id: String, to guests: inout Guests) {
        guests += guest
        if guests.samples.count == mostSamples {
            guard let last = guests.samples.last, id < last else { return }
            guests.samples.removeLast()
        }
        guests.samples.insert(id, at: guests.samples.firstIndex { id < $0 } ?? guests.samples.count)
    }

    /// The same fleet with its asks in the order of their keys, which the order of the facts does not change.
    var sortedByAsk: FleetCensus {
        let order = asks.indices.sorted { asks[$0].key < asks[$1].key }
        var sorted = self, newPlaces = [Int](repeating: 0, count: asks.count)
        for (new, old) in order.enumerated() { newPlaces[old] = new }
        sorted.asks = order.map { asks[$0] }
        sorted.askPlaces = askPlaces.mapValues { newPlaces[$0] }
        sorted.places = Dictionary(uniqueKeysWithValues: places.map { (Place(ask: newPlaces[$0.key.ask], host: $0.key.host), $0.value) })
        return sorted
    }

    /// The places in the order of the asks and the hosts.
    package var sortedPlaces: [(key: Place, value: Guests)] {
        places.sorted { ($0.key.ask, $0.key.host ?? -1) < ($1.key.ask, $1.key.host ?? -1) }
    }

    /// The hosts of each cluster, by the clusters' names; last, those that are in none.
    var hostsByCluster: [(name: String?, hosts: [Int])] {
        Dictionary(grouping: hosts.indices) { hosts[$0].cluster }.map { (name: $0.key, hosts: $0.value) }
            .sorted { ($0.name == nil ? 1 : 0, $0.name ?? "") < ($1.name == nil ? 1 : 0, $1.name ?? "") }
    }

    /// The names of the clusters, sorted; the hosts without one are not in any.
    package var clusters: [String] { Set(hosts.compactMap(\.cluster)).sorted() }
}

/// Why a fleet cannot be judged.
package struct FleetError: Error, Equatable, CustomStringConvertible {
    /// One line.
    package let description: String

    package init(_ description: String) { self.description = description }
}
