import CPUModel
import Hosts
import Synchronization

/// The verdicts on a fleet: each ask is judged once on each kind of hosts, and each move once between each two kinds.
package final class FleetJudge: Sendable {
    /// Its asks are in the order of their keys.
    package let census: FleetCensus
    private let check: StartCheck
    private let moves: MoveCheck
    private let questions: [StartQuestion?]
    private let started = Mutex<[Pair: FleetVerdict]>([:])
    private let moved = Mutex<[Move: FleetVerdict]>([:])

    private struct Pair: Hashable {
        var ask: Int
        var kind: Int
    }

    private struct Move: Hashable {
        var ask: Int
        /// Nil for a guest that does not follow its host, which is the same wherever it was started.
        var from: Int?
        var to: Int
    }

    /// - Parameters:
    ///   - knowledge: the CPU maps, with the names of the hosts.
    ///   - libvirt: the release of every host's libvirt; nil if each host's own is found out.
    package init(_ census: FleetCensus, _ knowledge: CPUKnowledge, libvirt: LibvirtVersion? = nil) {
        let census = census.sortedByAsk
        self.census = census
        check = StartCheck(hosts: census.kinds.map(\.host), knowledge: knowledge, libvirt: libvirt)
        moves = MoveCheck(check)
        let architecture = check.architecture
        questions = census.asks.map { $0.question(hostArchitecture: architecture) }
    }

    /// The question about guests with an ask; nil if the definition of the ask cannot be read.
    package func question(_ ask: Int) -> StartQuestion? { questions[ask] }

    /// The guests with an ask get another CPU on another kind of hosts.
    package func followsHost(_ ask: Int) -> Bool { questions[ask].map { $0.cpu.mode != .custom || $0.usesHostModel } ?? false }

    /// Whether guests with an ask start on hosts of a kind.
    package func start(_ ask: Int, on kind: Int) -> FleetVerdict {
        let pair = Pair(ask: ask, kind: kind)
        if let known = started.withLock({ $0[pair] }) { return known }
        let verdict = questions[ask].map { FleetVerdict(check.verdict(on: $0, host: kind)) } ?? Self.unread
        started.withLock { $0[pair] = verdict }
        return verdict
    }

    /// Whether guests with an ask, which were started on hosts of a kind, can move to others while they run.
    package func move(_ ask: Int, from: Int, to kind: Int) -> FleetVerdict {
        if from == kind { return .staysAtHome }
        guard let question = questions[ask] else { return Self.unread }
        // A guest of another architecture moves nowhere that would not start it. QEMU emulates the same CPU on every host, and
        // libvirt does not compare it.
        let start = start(ask, on: kind)
        if start.isForArchitecture || !question.platform.isAccelerated && question.cpu.mode == .custom && question.isUnchecked { return start }
        let move = Move(ask: ask, from: followsHost(ask) ? from : nil, to: kind)
        if let known = moved.withLock({ $0[move] }) { return known }
        let verdict = FleetVerdict(moves.verdict(on: question, from: from, to: kind))
        moved.withLock { $0[move] = verdict }
        return verdict
    }

    /// Whether guests with an ask, which do not follow their host, can move to hosts of a kind.
    package func moveFromAnywhere(_ ask: Int, to kind: Int) -> FleetVerdict {
        // From which other kind does not matter; with one kind alone, guests come from it.
        census.kinds.count > 1 ? move(ask, from: kind == 0 ? 1 : 0, to: kind) : .staysAtHome
    }

    /// Hosts that were named by a URI and did not answer.
    package var failures: [HostError] { check.failures }

    /// The smallest change with which hosts of a kind would start guests that they refuse; nil if there is none.
    package func remedy(_ ask: Int, on kind: Int) -> HostRemedy? { questions[ask].flatMap { check.remedy(for: $0, host: kind) } }

    package var knowledge: CPUKnowledge { check.knowledge }

    /// The features that hosts of a kind offer to guests; nil if too little is known.
    func offered(_ kind: Int, for platform: DomainPlatform) -> FeatureSet? { check.offered(kind, for: platform) }

    /// The check of some kinds, in their order.
    func check(of kinds: [Int]) -> StartCheck { check.asked(of: kinds.map { census.kinds[$0].host }) }

    /// What guests with an ask, which follow their host, have on hosts of a kind; nil if too little is known of it.
    func followedCPU(_ ask: Int, on kind: Int) -> FollowedCPU? { census.asks[ask].record.flatMap { check.followedCPU(of: $0, on: kind) } }

    private static let unread = FleetVerdict(
        answer: .unknown, isCertain: false,
        reasons: [FleetVerdict.Reason(code: .notJudged, features: [], name: nil, text: "the ask cannot be read")])
}
