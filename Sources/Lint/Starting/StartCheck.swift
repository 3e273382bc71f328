public import CPUModel
public import Hosts
import Synchronization

/// Determines whether hosts would start guests, by the same rules as libvirt (11.3: qemu_domain.c,
/// `qemuDomainCheckCPU`; qemu_process.c, `qemuProcessUpdateGuestCPU`).
///
/// What a host offers is determined once for each platform, and answers are kept. Several threads can use one
/// `StartCheck` at the same time.
public final class StartCheck: Sendable {
    /// The hosts in the order of `init`. Methods with a parameter `host` take an index of this array.
    public let hosts: [Host]
    /// The CPU map by which CPUs are compared.
    let knowledge: CPUKnowledge
    private let libvirt: LibvirtVersion?
    private let state = Mutex(State())

    private struct State {
        var known: [Key: PlatformHost] = [:]
        var answers: [StartQuestion: StartAnswer] = [:]
        var remedies: [Answered: HostRemedy?] = [:]
        var failures: [HostError] = []
        /// The error about a guest that no host can run, because all hosts are of another architecture.
        var strange: HostError?
        /// There was a guest that a host could run, as far as the architecture decides that.
        var hasJudged = false
    }

    private struct Key: Hashable {
        var host: Int
        var platform: DomainPlatform
    }

    private struct Answered: Hashable {
        var host: Int
        var question: StartQuestion
    }

    /// - Parameters:
    ///   - hosts: the hosts that must run the guests.
    ///   - knowledge: the CPU map by which CPUs are compared.
    ///   - libvirt: the oldest libvirt that reads the definitions; nil if that is not known. Before 10.2, libvirt
    ///     compared every model by the CPU map. If the answer depends on the version, a host that is named by a URI is
    ///     asked for it; for other hosts, their XML can show it.
    public init(hosts: [Host], knowledge: CPUKnowledge = CPUKnowledge(), libvirt: LibvirtVersion? = nil) {
        self.hosts = hosts
        self.knowledge = knowledge
        self.libvirt = libvirt
    }

    /// The architecture of all hosts, for definitions that state none. Nil if the hosts differ, and without hosts.
    public var architecture: String? {
        guard let first = hosts.first?.architecture, hosts.allSatisfy({ $0.architecture == first }) else { return nil }
        return first
    }

    /// A check with the same settings for other hosts.
    func asked(of hosts: [Host]) -> StartCheck { StartCheck(hosts: hosts, knowledge: knowledge, libvirt: libvirt) }

    /// Errors that occurred while guests were judged: hosts that are named by a URI and did not answer about a
    /// platform, so that the verdict was `unknown`; and hosts whose architecture does not fit the guests that they were
    /// named for (`Host.scope`).
    public var failures: [HostError] {
        state.withLock { state in
            let isMistake = areForEveryGuest || areForSomeGuest && !state.hasJudged
            return state.failures + (isMistake ? [state.strange].compactMap { $0 } : [])
        }
    }

    /// A host was named for every guest, so a guest that no host can run is an error.
    var areForEveryGuest: Bool { hosts.contains { $0.scope == .every } }
    /// A host was named for at least one guest, so it is an error if no host can run any guest.
    private var areForSomeGuest: Bool { hosts.contains { $0.scope == .some } }

    /// Whether each host would start the guest, in the order of `hosts`. Empty for a `<cpu>` that libvirt cannot read.
    public func verdicts(on guest: Guest) -> [HostVerdict] { answer(for: guest)?.verdicts ?? [] }

    /// The verdicts of all hosts, and how their hypervisors list the guest's model. Nil without hosts, for a guest that
    /// QEMU does not run, and for a `<cpu>` that libvirt cannot read.
    func answer(for guest: Guest) -> StartAnswer? {
        guard !hosts.isEmpty, guest.isManaged, let question = StartQuestion(guest) else { return nil }
        let key = question.withoutMachineOnX86
        if let answer = state.withLock({ $0.answers[key] }) { return answer }
        var answer = StartAnswer(question: question)
        for host in hosts.indices {
            answer.verdicts.append(verdict(on: question, host: host))
            guard question.cpu.mode == .custom, let name = question.cpu.model else { continue }
            if let model = known(host, question.platform).capabilities?.capabilities.model(named: name) {
                answer.listed.append((host, model))
            }
        }
        let isStrange = answer.verdicts.allSatisfy(\.isForArchitecture)
        state.withLock { state in
            // An emulated guest runs on every host, so it does not show that a host was named for the right guests.
            if !isStrange, question.platform.isAccelerated { state.hasJudged = true }
            if isStrange {
                // Only the message that sorts first is kept, so that the result does not depend on the order of
                // threads.
                let strange = strangeness(of: guest)
                state.strange = [state.strange, strange].compactMap { $0 }.min { $0.message < $1.message }
            }
            if state.answers.count >= Self.mostAnswers { state.answers.removeAll(keepingCapacity: true) }
            state.answers[key] = answer
        }
        return answer
    }

    private func strangeness(of guest: Guest) -> HostError {
        let host = hosts[0]
        return HostError(
            file: host.file ?? host.name,
            message: "host \(host.name) is \(host.architecture ?? "of unknown architecture"): none of the given hosts runs "
                + "\(guest.architecture) guests with hardware virtualisation")
    }

    /// The most answers, and the most remedies, that are kept. A repository rarely has as many different CPUs, and the
    /// memory must be limited.
    private static let mostAnswers = 1 << 12

    /// The remedy that `work` returned for the same question and host before, or else the one that it returns now.
    func remembering(
        _ question: StartQuestion, host: Int, _ work: () -> HostRemedy?
    ) -> HostRemedy? {
        let key = Answered(host: host, question: question.withoutMachineOnX86)
        if let remedy = state.withLock({ $0.remedies[key] }) { return remedy }
        let remedy = work()
        state.withLock { state in
            if state.remedies.count >= Self.mostAnswers { state.remedies.removeAll(keepingCapacity: true) }
            state.remedies[key] = .some(remedy)
        }
        return remedy
    }

    /// Whether one host would start a guest.
    public func verdict(on question: StartQuestion, host: Int) -> HostVerdict {
        let judgement = judge(question, on: known(host, question.platform))
        return HostVerdict(
            host: hosts[host].name, answer: judgement.answer, isCertain: judgement.isCertain, reasons: judgement.reasons)
    }

    /// The domain capabilities of a host for a platform, as `Host.domainCapabilities(for:)` returns them. Nil if none
    /// are known.
    public func capabilities(of host: Int, for platform: DomainPlatform) -> Host.KnownCapabilities? {
        known(host, platform).capabilities
    }

    /// Everything that a host has for guests of an x86 platform: the features of its CPU, and those that its hypervisor
    /// adds. Nil for other platforms, and if nothing is known.
    public func fullHost(_ host: Int, for platform: DomainPlatform) -> X86Host? { known(host, platform).full }

    /// The features that a host offers to guests of an x86 platform: those of its hypervisor's host-model, or else of
    /// its CPU. Nil for other platforms, and if nothing is known.
    public func offered(_ host: Int, for platform: DomainPlatform) -> FeatureSet? {
        let known = known(host, platform)
        return known.reported?.features ?? known.own?.features
    }

    private func known(_ host: Int, _ platform: DomainPlatform) -> PlatformHost {
        let key = Key(host: host, platform: platform.withoutMachineOnX86)
        return state.withLock { state in
            if let known = state.known[key] { return known }
            var known = PlatformHost()
            do {
                known = try PlatformHost(hosts[host], platform, map: knowledge.x86)
            } catch {
                known.failure = "\(error)"
                if let error = error as? HostError, !state.failures.contains(error) { state.failures.append(error) }
            }
            known.architecture = hosts[host].architecture
            known.cpu = hosts[host].cpu
            known.connection = hosts[host].connection
            state.known[key] = known
            return known
        }
    }

    // MARK: Judging

    /// A verdict without the name of the host.
    private struct Judgement {
        var answer: HostVerdict.Answer
        var isCertain: Bool
        var reasons: [HostVerdict.Reason] = []

        static func starts(isCertain: Bool) -> Judgement { Judgement(answer: .starts, isCertain: isCertain) }
        static func refuses(_ reason: HostVerdict.Reason..., isCertain: Bool) -> Judgement {
            Judgement(answer: .refuses, isCertain: isCertain, reasons: reason)
        }
        static func unknown(_ why: String) -> Judgement {
            Judgement(answer: .unknown, isCertain: false, reasons: [.notJudged(why)])
        }
    }

    private func judge(_ question: StartQuestion, on host: PlatformHost) -> Judgement {
        let cpu = question.cpu
        if question.platform.isAccelerated, let native = host.architecture,
            !ArchitectureFacts.isNative(question.platform.architecture, on: native)
        {
            return .refuses(.incompatible(.architecture(question.platform.architecture)), isCertain: true)
        }
        if let failure = host.failure { return .unknown(failure) }
        if host.capabilities?.capabilities.modes[cpu.mode] == false, cpu.mode != .custom || cpu.model != nil {
            return .refuses(.modeNotSupported(cpu.mode), isCertain: host.isCertain)
        }
        let asksNothing = cpu.mode == .custom ? cpu.model == nil : cpu.mode != .hostModel
        if asksNothing || question.isUnchecked { return .starts(isCertain: host.isCertain) }
        do {
            return question.platform.isX86
                ? try judgeX86(question, on: host) : try judgeOther(question, on: host)
        } catch {
            return .unknown("\(error)")
        }
    }

    /// The same steps as libvirt's `qemuDomainCheckCPU`, on x86.
    private func judgeX86(_ question: StartQuestion, on host: PlatformHost) throws(CPUModelError) -> Judgement {
        let cpu = question.cpu
        let x86 = knowledge.x86
        let model = cpu.mode == .custom ? cpu.model : nil
        if let model, x86.model(named: model) == nil { throw .unknownModel(model) }
        guard let full = host.full else { return .unknown("the host's CPU is unknown for guests of this type and architecture") }

        let forbidden = x86.bits(ofFeatures: cpu.features(.forbid)) & full.features
        if !forbidden.isEmpty {
            return .refuses(.incompatible(.forbiddenFeatures(x86.featureNames(in: forbidden))), isCertain: host.isCertain)
        }
        guard let known = host.capabilities?.capabilities else {
            // Only the host's CPU is known. `full` contains everything that KVM could add, but QEMU decides.
            return judgement(try x86.compare(cpu.comparable(model), on: full), isCertain: false)
        }
        let listed = model.flatMap { known.model(named: $0) }
        let trustsUsable = trustsUsableModels(known)
        if listed?.usability == .yes, cpu.features.allSatisfy({ $0.policy == .disable }), trustsUsable != false {
            if trustsUsable == true { return .starts(isCertain: host.isCertain) }
            var compared = judgement(try x86.compare(cpu.comparable(model), on: full), isCertain: host.isCertain)
            if compared.answer != .refuses { return compared }
            if let daemons = host.connection?.version().flatMap({ LibvirtVersion($0) }) {
                return daemons < Self.trustingUsableModels ? compared : .starts(isCertain: host.isCertain)
            }
            compared.isCertain = false
            compared.reasons.append(.comparedBefore(Self.trustingUsableModels))
            return compared
        }
        if let model, let listed, trustsUsable != false, x86.model(named: model)?.comparesByMap == false, known.hostModel?.fallback == .forbid,
            !known.withholdsBlockers, let reported = host.reported
        {
            return try judge(cpu, listed, on: reported, isCertain: host.isCertain)
        }
        return judgement(try x86.compare(cpu.comparable(model), on: full), isCertain: host.isCertain)
    }

    /// The first libvirt that starts a model that the hypervisor reports as usable without comparing it by the CPU map.
    private static let trustingUsableModels = LibvirtVersion(major: 10, minor: 2)

    /// Whether a host's libvirt starts usable models without comparing them. Nil if neither the policy nor the host's
    /// XML shows its version.
    private func trustsUsableModels(_ known: DomainCapabilities) -> Bool? {
        if let shown = known.oldestLibvirt, shown >= Self.trustingUsableModels { return true }
        return libvirt.map { $0 >= Self.trustingUsableModels }
    }

    /// Judges by the blockers that the hypervisor reports for the model, and by the features that the guest requires in
    /// addition (cpu.c, `virCPUCompareUnusable`).
    private func judge(
        _ cpu: CPUDefinition, _ model: DomainCapabilities.Model, on reported: X86Host, isCertain: Bool
    ) throws(CPUModelError) -> Judgement {
        let x86 = knowledge.x86
        let blockers = inMapOrder(openBlockers(of: model, cpu))
        var required = FeatureSet()
        for name in cpu.features(.require) {
            guard let bits = x86.bits(ofFeature: name) else { throw .unknownFeature(name) }
            required |= bits
        }
        var judgement = Judgement.starts(isCertain: isCertain)
        if !blockers.isEmpty { judgement.reasons.append(.blockers(blockers, ofModel: model.name)) }
        let missing = x86.featureNames(in: required - reported.features)
        if !missing.isEmpty { judgement.reasons.append(.incompatible(.missingFeatures(missing))) }
        if !judgement.reasons.isEmpty { judgement.answer = .refuses }
        return judgement
    }

    /// Judges a guest of another architecture than x86. The CPU map has no features for it, so what the hypervisor
    /// reports about its models decides.
    private func judgeOther(_ question: StartQuestion, on host: PlatformHost) throws(CPUModelError) -> Judgement {
        let cpu = question.cpu
        if cpu.mode == .custom, let model = cpu.model,
            let listed = host.capabilities?.capabilities.model(named: model), listed.usability != .unknown
        {
            let open = openBlockers(of: listed, cpu)
            if listed.usability == .no, !open.isEmpty {
                return .refuses(.blockers(open, ofModel: model), isCertain: host.isCertain)
            }
            if listed.usability == .yes, cpu.features.allSatisfy({ $0.policy == .disable }) {
                return .starts(isCertain: host.isCertain)
            }
        }
        guard let native = host.cpu else { return .unknown("the host's CPU is unknown for guests of this type and architecture") }
        return judgement(try knowledge.map.compare(cpu, on: native), isCertain: false)
    }

    private func judgement(_ comparison: Comparison, isCertain: Bool) -> Judgement {
        switch comparison {
        case .identical, .superset: .starts(isCertain: isCertain)
        case .incompatible(.unknownHost): .unknown("the host's CPU is unknown")
        case .incompatible(let why): .refuses(.incompatible(why), isCertain: isCertain)
        case .notJudged(let architecture): .unknown("\(architecture) CPUs cannot be compared with libvirt's CPU map")
        }
    }

    /// The blockers of the model, except those that the guest disables.
    func openBlockers(of model: DomainCapabilities.Model, _ cpu: CPUDefinition) -> [String] {
        let disabled = Set(cpu.features(.disable))
        return model.blockers.filter { !disabled.contains($0) }
    }

    /// The names in the order of the CPU map, then those that it does not contain.
    private func inMapOrder(_ names: [String]) -> [String] {
        let x86 = knowledge.x86
        return x86.featureNames(in: x86.bits(ofFeatures: names)) + names.filter { x86.feature(named: $0) == nil }
    }
}

extension CPUDefinition {
    /// The CPU with another model, for a comparison by the CPU map. A host-model has no model of its own, so only the
    /// features that the guest requests in addition are compared.
    fileprivate func comparable(_ model: String?) -> CPUDefinition {
        var cpu = self
        cpu.model = model
        return cpu
    }
}
