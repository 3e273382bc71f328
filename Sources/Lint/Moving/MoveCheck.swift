import CPUModel
import Hosts

/// Determines whether guests that follow their host can move between hosts while they run.
///
/// A guest with host-model gets a CPU when it starts, and keeps it. At a migration, the destination must give all
/// features of that CPU: libvirt sends the CPU of the live definition with check='full' (qemu_migration_cookie.c,
/// `qemuMigrationCookieAddCPU`; qemu_process.c, `qemuProcessUpdateGuestCPU`), and `match='minimum'` becomes the host's
/// model in the same way (cpu_x86.c, `x86UpdateHostModel`). libvirt compares nothing for host-passthrough and maximum, so
/// there the guest moves, and loses what the destination lacks (libvirt, docs/formatdomain.rst, `host-passthrough`).
///
/// Hosts that are equal for guests of a platform are judged once, and answers are kept. Several threads can use one
/// `MoveCheck` at the same time.
public final class MoveCheck: Sendable {
    /// The check of the hosts that would start the guests.
    public let startCheck: StartCheck
    /// The hosts between which guests move, as indices of the hosts.
    private let clusters: [[Int]]
    private let answers = Remembered<StartQuestion, [MoveGroup]>()
    private let classes = Remembered<DomainPlatform, [Int]>()

    /// - Parameters:
    ///   - startCheck: the hosts.
    ///   - clusters: the parts of the hosts between which guests move; empty if guests move between all hosts.
    public init(_ startCheck: StartCheck, clusters: [HostCluster] = []) {
        self.startCheck = startCheck
        let hosts = startCheck.hosts
        self.clusters = clusters.isEmpty
            ? [Array(hosts.indices)] : clusters.map { cluster in hosts.indices.filter { cluster.contains(hosts[$0].name) } }
    }

    /// There are two hosts between which guests can move.
    var hasSeveralHosts: Bool { clusters.contains { $0.count > 1 } }

    /// Whether moves can be judged: the guest follows its host, and KVM runs it on x86. The CPU map has no features of
    /// other architectures.
    static func isJudged(_ question: StartQuestion) -> Bool {
        guard question.platform.isX86, question.platform.isAccelerated else { return false }
        let cpu = question.cpu
        return cpu.mode != .custom || cpu.match == .minimum && cpu.model != nil
    }

    // MARK: All moves of a guest

    /// The moves of a guest that fail, in the order of the hosts on which it was started. Empty for a guest that does not
    /// follow its host.
    public func blockedMoves(of question: StartQuestion) -> [MoveGroup] { moves(of: question).filter { $0.verdict.answer == .fails } }

    /// The moves of a guest about which too little is known, in the same order.
    public func unjudgedMoves(of question: StartQuestion) -> [MoveGroup] { moves(of: question).filter { $0.verdict.answer == .unknown } }

    /// The domain capabilities of all hosts are known for a platform, so that answers are certain.
    func isCertain(for platform: DomainPlatform) -> Bool {
        startCheck.known(platform).allSatisfy { $0.capabilities?.isOwn ?? false }
    }

    /// Each host starts the guest, and it can move from each to each. False if that is not known.
    public func canMoveAnywhere(_ question: StartQuestion) -> Bool {
        guard hasSeveralHosts, Self.isJudged(question), moves(of: question).isEmpty else { return false }
        return startCheck.allStart(question)
    }

    /// The moves that fail, and those about which too little is known.
    private func moves(of question: StartQuestion) -> [MoveGroup] {
        guard hasSeveralHosts, Self.isJudged(question) else { return [] }
        // What a guest demands at its start beyond its CPU does not matter at a move.
        var key = question
        key.check = nil
        key = key.withoutMachineOnX86
        return answers.answer(to: key) { findMoves(of: key) }
    }

    private func findMoves(of question: StartQuestion) -> [MoveGroup] {
        let classes = classes(for: question.platform)
        // What prevents the start is a finding of its own, and the guest is then on none of these hosts.
        let starts = Set(classes).map { (host: $0, answer: startCheck.verdict(on: question, host: $0).answer) }.filter { $0.answer != .refuses }
        var verdicts: [Pair: MoveVerdict] = [:]
        let isPassedThrough = question.cpu.mode == .hostPassthrough || question.cpu.mode == .maximum
        for origin in starts {
            let started = isPassedThrough ? nil : startResult(question, on: origin.host)
            for there in starts where there.host != origin.host || !startCheck.showsProcessor(origin.host) {
                let verdict = started.map { self.verdict(on: $0, to: there.host) }
                    ?? passthroughVerdict(on: question, from: origin.host, to: there.host)
                // That a start cannot be judged is a finding of its own too.
                if verdict.answer == .unknown, origin.answer == .unknown || there.answer == .unknown { continue }
                verdicts[Pair(from: origin.host, to: there.host)] = verdict
            }
        }
        var moves: [MoveGroup] = [], places: [[String]: [Int]] = [:]
        for cluster in clusters {
            for origin in cluster {
                var groups: [MoveGroup] = []
                for there in cluster where there != origin {
                    guard let verdict = verdicts[Pair(from: classes[origin], to: classes[there])], verdict.answer != .moves
                    else { continue }
                    let name = startCheck.hosts[there].name
                    if let index = groups.firstIndex(where: { $0.verdict == verdict }) {
                        groups[index].destinations.append(name)
                    } else {
                        groups.append(MoveGroup(origins: [startCheck.hosts[origin].name], destinations: [name], verdict: verdict))
                    }
                }
                // Hosts from which the same moves have the same answer share an entry.
                for group in groups {
                    if let same = places[group.destinations]?.first(where: { moves[$0].verdict == group.verdict }) {
                        moves[same].origins += group.origins
                    } else {
                        places[group.destinations, default: []].append(moves.count)
                        moves.append(group)
                    }
                }
            }
        }
        return moves
    }

    private struct Pair: Hashable {
        var from: Int
        var to: Int
    }

    // MARK: One move

    /// Whether a guest that was started on one host can move to another. A guest that does not follow its host can if the
    /// other host starts it.
    ///
    /// - Parameters:
    ///   - question: the guest.
    ///   - origin: an index of the hosts.
    ///   - there: an index of the hosts.
    public func verdict(on question: StartQuestion, from origin: Int, to there: Int) -> MoveVerdict {
        switch question.cpu.mode {
        case .hostPassthrough, .maximum: return passthroughVerdict(on: question, from: origin, to: there)
        case .hostModel, .custom: return verdict(on: startResult(question, on: origin), to: there)
        }
    }

    /// A guest as it is after its start, or why that is not known.
    private typealias StartResult = Result<(question: StartQuestion, isCertain: Bool), any Error>

    private func startResult(_ question: StartQuestion, on host: Int) -> StartResult { Result { try start(question, on: host) } }

    private func verdict(on result: StartResult, to there: Int) -> MoveVerdict {
        switch result {
        case .failure(let error): return .unknown("\(error)")
        case .success(let started):
            let verdict = startCheck.verdict(on: started.question, host: there)
            switch verdict.answer {
            case .starts: return .moves(isCertain: verdict.isCertain && started.isCertain)
            case .unknown: return MoveVerdict(answer: .unknown, isCertain: false, obstacles: verdict.reasons.map { .other($0) })
            case .refuses:
                return MoveVerdict(
                    answer: .fails, isCertain: verdict.isCertain && started.isCertain,
                    obstacles: verdict.reasons.map { MoveObstacle($0) })
            }
        }
    }

    /// A guest as it is in its live definition, after it was started on a host. What QEMU adds to a model (`hypervisor`)
    /// is not in it, so the hosts are asked for what it lists, not for exactly that.
    ///
    /// - Returns: nil for host-passthrough and maximum, and if not enough is known about the host.
    public func started(_ question: StartQuestion, on host: Int) -> (question: StartQuestion, isCertain: Bool)? {
        question.cpu.mode == .hostPassthrough || question.cpu.mode == .maximum ? nil : try? start(question, on: host)
    }

    /// As `started`, for host-model and for models.
    ///
    /// - Throws: if not enough is known about the host; the description says why.
    private func start(_ question: StartQuestion, on host: Int) throws -> (question: StartQuestion, isCertain: Bool) {
        var started = question
        started.check = .partial
        if question.cpu.mode == .custom, question.cpu.match != .minimum || question.cpu.model == nil { return (started, true) }
        // What the guest requests is added to the host's model; the guest's own model is replaced.
        var own = CPUDefinition(kind: .guest)
        own.features = question.cpu.features
        own.vendorID = question.cpu.vendorID
        let expansion = try startCheck.hostModelExpansion(of: own, for: question.platform, on: host)
        started.cpu = expansion.cpu
        return (started, expansion.isCertain)
    }

    /// libvirt does not compare such guests, so this says what the guest would lose.
    private func passthroughVerdict(on question: StartQuestion, from origin: Int, to there: Int) -> MoveVerdict {
        let platform = question.platform
        guard let now = startCheck.fullHost(origin, for: platform), let other = startCheck.fullHost(there, for: platform),
            let given = startCheck.offered(origin, for: platform)
        else {
            let unknown = startCheck.fullHost(origin, for: platform) == nil ? origin : there
            return .unknown("too little is known of the CPU of host \(startCheck.hosts[unknown].name)")
        }
        let isCertain = [origin, there].allSatisfy { startCheck.capabilities(of: $0, for: platform)?.isOwn ?? false }
        func fails(_ obstacle: MoveObstacle) -> MoveVerdict {
            MoveVerdict(answer: .fails, isCertain: isCertain, obstacles: [obstacle])
        }
        if let vendor = now.vendor, vendor != other.vendor { return fails(.otherVendor(now: vendor, there: other.vendor)) }
        let x86 = startCheck.knowledge.x86
        let off = question.cpu.features.filter { $0.policy == .disable || $0.policy == .forbid }.map(\.name)
        let lost = given - other.features - x86.bits(ofFeatures: X86Map.notGivenByKVM + X86Map.notMigratableInQEMU + off)
        let names = x86.featureNames(in: lost)
        if !names.isEmpty, let model = other.modelKnownByNameOnly { return .unknown("\(CPUModelError.modelKnownByNameOnly(model))") }
        if !names.isEmpty { return fails(.lacks(names)) }
        if let model = now.modelKnownByNameOnly, model != other.modelKnownByNameOnly {
            return .unknown("\(CPUModelError.modelKnownByNameOnly(model))")
        }
        if let signature = startCheck.hosts[origin].cpu?.signature, let another = startCheck.hosts[there].cpu?.signature,
            signature != another
        {
            return fails(.otherProcessor(now: signature, there: another))
        }
        let widths = [origin, there].map { startCheck.hosts[$0].physicalAddressBits }
        if let width = widths[0], let another = widths[1], width != another, question.addressWidth.map({ $0 > min(width, another) }) ?? true {
            return fails(.otherAddressWidth(now: width, there: another))
        }
        if let unseen = [origin, there].first(where: { !startCheck.showsProcessor($0) }) {
            return .unknown(
                "the domain capabilities of host \(startCheck.hosts[unseen].name) do not show its processor: also give the output of virsh capabilities")
        }
        return .moves(isCertain: isCertain)
    }

    // MARK: Equal hosts

    /// The first host that is equal to each host, for guests of a platform.
    func classes(for platform: DomainPlatform) -> [Int] {
        classes.answer(to: platform.withoutMachineOnX86) {
            var firsts: [Int] = []
            let classes = startCheck.distinct.map { host in
                if let first = firsts.first(where: { startCheck.areEqual($0, host, for: platform) }) { return first }
                firsts.append(host)
                return host
            }
            return startCheck.kinds.kinds.map { classes[$0] }
        }
    }
}

extension StartCheck {
    /// More is known of a host than what its hypervisor can give.
    fileprivate func showsProcessor(_ host: Int) -> Bool { hosts[host].cpu != nil }

    /// Whether the same is known of two hosts, so that each guest of the platform gets the same verdict on both.
    fileprivate func areEqual(_ a: Int, _ b: Int, for platform: DomainPlatform) -> Bool {
        let one = hosts[a], other = hosts[b]
        guard one.cpu == other.cpu, one.architecture == other.architecture, one.physicalAddressBits == other.physicalAddressBits,
            one.hasModelSpecificRegisters == other.hasModelSpecificRegisters, one.cpuMap == nil, other.cpuMap == nil,
            libvirtRelease(of: a) == libvirtRelease(of: b), shownLibvirt(of: a) == shownLibvirt(of: b)
        else { return false }
        let known = capabilities(of: a, for: platform), others = capabilities(of: b, for: platform)
        return known?.isOwn == others?.isOwn && known?.capabilities == others?.capabilities
    }
}
