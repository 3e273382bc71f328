import CPUModel
import Hosts

/// The verdicts on a fleet: each ask is judged once on each kind of hosts, and each move once between each two kinds.
package final class FleetJudge {
    /// Its asks are in the order of their keys.
    package let census: FleetCensus
    private let check: StartCheck
    private let moves: MoveCheck
    private let questions: [StartQuestion?]
    /// By ask.
    private var started: [Started] = []
    private var moved: [Move: FleetVerdict] = [:]

    /// The verdicts of all kinds on an ask.
    private struct Started {
        /// The different ones, in the order of the first kind that has each.
        var verdicts: [FleetVerdict]
        /// The index of the verdict of each kind.
        var places: [Int32]
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
    ///   - progress: is told how many asks are judged.
    package init(_ census: FleetCensus, _ knowledge: CPUKnowledge, libvirt: LibvirtVersion? = nil, progress: (Int) -> Void = { _ in }) {
        let census = census.sortedByAsk
        self.census = census
        check = StartCheck(hosts: census.kinds.map(\.host), knowledge: knowledge, libvirt: libvirt)
        moves = MoveCheck(check)
        let architecture = check.architecture
        questions = census.asks.map { $0.question(hostArchitecture: architecture) }
        started.reserveCapacity(questions.count)
        for question in questions {
            started.append(judged(question))
            progress(started.count)
        }
    }

    private func judged(_ question: StartQuestion?) -> Started {
        var started = Started(verdicts: [], places: [Int32](repeating: 0, count: census.kinds.count))
        guard let question else {
            started.verdicts = [Self.unread]
            return started
        }
        for (judgement, kinds) in check.judgements(on: question) {
            // The check's kinds hold one host of each kind of the census, or more if it cannot tell them apart.
            for kind in kinds { for own in check.kinds.members[Int(kind)] { started.places[own] = Int32(started.verdicts.count) } }
            started.verdicts.append(FleetVerdict(judgement))
        }
        return started
    }

    /// The question about guests with an ask; nil if the definition of the ask cannot be read.
    package func question(_ ask: Int) -> StartQuestion? { questions[ask] }

    /// The guests with an ask get another CPU on another kind of hosts.
    package func followsHost(_ ask: Int) -> Bool { questions[ask].map { $0.cpu.mode != .custom || $0.usesHostModel } ?? false }

    /// Whether guests with an ask start on hosts of a kind.
    package func start(_ ask: Int, on kind: Int) -> FleetVerdict { started[ask].verdicts[Int(started[ask].places[kind])] }

    /// The different verdicts on guests with an ask, each with its kinds.
    package func starts(_ ask: Int) -> [(verdict: FleetVerdict, kinds: [Int])] {
        var groups = started[ask].verdicts.map { (verdict: $0, kinds: [Int]()) }
        for (kind, place) in started[ask].places.enumerated() { groups[Int(place)].kinds.append(kind) }
        return groups
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
        if let known = moved[move] { return known }
        let verdict = FleetVerdict(moves.verdict(on: question, from: from, to: kind))
        moved[move] = verdict
        return verdict
    }

    /// The different verdicts on guests with an ask that move while they run, each with its kinds.
    ///
    /// - Parameter from: the kind of the hosts on which they were started; nil for guests that do not follow their host.
    package func moves(_ ask: Int, from: Int?) -> [(verdict: FleetVerdict, kinds: [Int])] {
        var places: [FleetVerdict: Int] = [:], groups: [(verdict: FleetVerdict, kinds: [Int])] = []
        for kind in census.kinds.indices {
            let verdict = from.map { move(ask, from: $0, to: kind) } ?? moveFromAnywhere(ask, to: kind)
            if let place = places[verdict] {
                groups[place].kinds.append(kind)
            } else {
                places[verdict] = groups.count
                groups.append((verdict, [kind]))
            }
        }
        return groups
    }

    /// Whether guests with an ask, which do not follow their host, can move to hosts of a kind.
    private func moveFromAnywhere(_ ask: Int, to kind: Int) -> FleetVerdict {
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
