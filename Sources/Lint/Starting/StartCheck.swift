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
    /// The CPU maps by which CPUs are compared: each host's is that of its libvirt.
    let knowledge: CPUKnowledge
    /// The oldest libvirt of the hosts, by the policy.
    private let libvirt: LibvirtVersion?
    /// The CPU map of that libvirt: the names that definitions may have. The newest if it is not known.
    var mapOfDefinitions: CPUMap { knowledge.map(for: libvirt) }
    /// The guests run already: their definitions list what QEMU gave them, and the hosts must give all of it. That QEMU
    /// would give exactly that is not judged, because a mistake would stop a guest.
    private let areRunning: Bool
    /// The hosts that no verdict can tell apart.
    let kinds: EqualHosts
    /// The first host of each kind, as indices of `hosts`: what is true of them is true of all hosts.
    let distinct: [Int]
    /// The vendor of the processors of each kind; nil if it is not known.
    let vendors: [String?]
    /// Whether the hosts of each kind are x86 ones.
    let areX86: [Bool]
    private let state = Mutex(State())
    /// The features that do not count when CPUs are compared for a person. The key is the only one: whether all hosts are AMD's.
    let notCounted = Remembered<Bool, FeatureSet>()
    // Answers are kept by what was asked, and their memory is limited whatever the number of questions and hosts is.
    private let answers = Remembered<StartQuestion, StartAnswer>(most: 16 << 20) { $1.size }
    private let refusals = Remembered<StartQuestion, [JointRefusal]>(most: 16 << 20) { $0.size + $1.reduce(0) { $0 + $1.size } }
    private let remedies = Remembered<Refused, String?>(most: 8 << 20) { $0.question.size + 128 + ($1?.utf8.count ?? 0) }
    private let older = Remembered<StartQuestion, [StartAnswer.Shared<OlderLibvirt>]>(most: 4 << 20) { question, older in
        question.size + older.reduce(64) { $0 + 128 + 256 * $1.value.reasons.count + 4 * $1.kinds.count }
    }
    private let listedModels = Remembered<StartQuestion, String?>(most: 4 << 20) { question, _ in question.size + 64 }
    private let modelsForAll = Remembered<StartQuestion, String?>(most: 4 << 20) { question, _ in question.size + 64 }
    private let given = Remembered<GivenQuestion, FeatureSet?>()
    private let weaknesses = Remembered<Int, HostWeakness?>(most: 1 << 17)
    private let alternatives = Remembered<ModelQuestion, [String]>()
    private let mitigations = Remembered<StartQuestion, MitigationSearch?>(most: 4 << 20) { question, _ in 2 * question.size + 2048 }
    private let additions = Remembered<Addition, Bool>(most: 4 << 20) { addition, _ in addition.question.size + 64 }
    private let common = Remembered<DomainPlatform, FeatureSet?>()
    private let nearestModels = Remembered<DomainPlatform, Result<String, any Error>>()

    private struct State {
        var known: [Key: PlatformHost] = [:]
        var releases: [Int: LibvirtVersion?] = [:]
        var maps: [Int: CPUMap] = [:]
        var shown: [Int: LibvirtVersion?] = [:]
        /// What is known of each kind of hosts.
        var ofPlatform: [DomainPlatform: [PlatformHost]] = [:]
        var olderChecks: [HostRelease: StartCheck] = [:]
        var failures: [HostError] = []
    }

    private struct Key: Hashable {
        var host: Int
        var platform: DomainPlatform
    }

    private struct HostRelease: Hashable {
        var host: Int
        var release: LibvirtVersion
    }

    /// A question, the last features of which are an addition.
    private struct Addition: Hashable {
        var question: StartQuestion
        var count: Int
    }

    /// A guest that some kinds of hosts refuse for the same reasons. No other refusal of it has the same first kind.
    private struct Refused: Hashable {
        var firstKind: Int
        var question: StartQuestion
    }

    /// - Parameters:
    ///   - hosts: the hosts that must run the guests.
    ///   - knowledge: the CPU maps by which CPUs are compared.
    ///   - libvirt: the oldest libvirt that reads the definitions; nil if that is not known. It is taken as the release
    ///     of a host that states none and whose XML shows no newer one. A host that is named by a URI is asked.
    ///   - areRunning: the guests run already, and a host is to continue them.
    public init(
        hosts: [Host], knowledge: CPUKnowledge = CPUKnowledge(), libvirt: LibvirtVersion? = nil, areRunning: Bool = false
    ) {
        self.hosts = hosts
        kinds = EqualHosts(hosts)
        distinct = kinds.firsts
        vendors = distinct.map { hosts[$0].vendor }
        areX86 = distinct.map { CPUDriver(architecture: hosts[$0].architecture) == .x86 }
        self.knowledge = knowledge
        self.libvirt = libvirt
        self.areRunning = areRunning
    }

    /// The architecture of all hosts, for definitions that state none. Nil if the hosts differ, and without hosts.
    public var architecture: String? {
        guard let first = hosts.first?.architecture, hosts.allSatisfy({ $0.architecture == first }) else { return nil }
        return first
    }

    /// A check with the same settings for other hosts.
    func asked(of hosts: [Host]) -> StartCheck {
        StartCheck(hosts: hosts, knowledge: knowledge, libvirt: libvirt, areRunning: areRunning)
    }

    /// Errors that occurred while guests were judged: hosts that are named by a URI and did not answer about a
    /// platform, so that the verdict was `unknown`. A guest of another architecture is a finding and no error.
    public var failures: [HostError] { state.withLock { $0.failures } }

    /// A host was named for every guest, so a guest that no host can run is an error.
    var areForEveryGuest: Bool { hosts.contains { $0.scope == .every } }

    /// Whether each host would start the guest, in the order of `hosts`. Empty for a `<cpu>` that libvirt cannot read.
    public func verdicts(on guest: Guest) -> [HostVerdict] { answer(for: guest).map(verdicts) ?? [] }

    /// The verdict of each host, in the order of `hosts`.
    func verdicts(_ answer: StartAnswer) -> [HostVerdict] {
        hosts.indices.map { host in
            let judgement = answer.judgement(of: kinds.kinds[host]) ?? .unknown("")
            return HostVerdict(judgement, host: hosts[host].name)
        }
    }

    /// The names of all hosts of some kinds, in the order of `hosts`.
    func names(ofKinds wanted: some Sequence<Int>) -> [String] {
        let members = wanted.map { kinds.members[$0] }
        return (members.count == 1 ? members[0] : members.flatMap { $0 }.sorted()).map { hosts[$0].name }
    }

    /// Whether every host starts a guest. True without hosts.
    func allStart(_ question: StartQuestion) -> Bool {
        known(question.platform).allSatisfy { judge(question, on: $0).answer == .starts }
    }

    /// The verdicts of all hosts, and how their hypervisors list the guest's model. Nil without hosts, for a guest that
    /// QEMU does not run, and for a `<cpu>` that libvirt cannot read.
    func answer(for guest: Guest) -> StartAnswer? {
        guard !hosts.isEmpty, guest.isManaged, var question = StartQuestion(guest) else { return nil }
        if areRunning, question.check == .full { question.check = .partial }
        let key = question.withoutMachineOnX86
        var answer = answers.answer(to: key) { find(question) }
        // The guest's own machine, not that of the guest that asked first.
        answer.question = question
        return answer
    }

    private func find(_ question: StartQuestion) -> StartAnswer {
        var answer = StartAnswer(question: question)
        answer.judgements = judgements(on: question)
        guard question.cpu.mode == .custom, let name = question.cpu.model else { return answer }
        for (kind, host) in known(question.platform).enumerated() {
            if let model = host.capabilities?.capabilities.model(named: name) { answer.listed.add(model, of: kind) }
        }
        return answer
    }

    /// The different judgements of the kinds of hosts, in the order of the first kind that has each.
    func judgements(on question: StartQuestion) -> [StartAnswer.Shared<Judgement>] {
        var judgements: [StartAnswer.Shared<Judgement>] = []
        for (kind, host) in known(question.platform).enumerated() { judgements.add(judge(question, on: host), of: kind) }
        return judgements
    }

    /// What `work` returned about the same refusal before, or else what it returns now: what to do about it.
    func rememberingRemedy(_ question: StartQuestion, firstKind: Int, _ work: () -> String?) -> String? {
        remedies.answer(to: Refused(firstKind: firstKind, question: question.withoutMachineOnX86), work)
    }

    /// As above, for the hosts that refuse a guest.
    func remembering(_ question: StartQuestion, _ work: () -> [JointRefusal]) -> [JointRefusal] {
        refusals.answer(to: question.withoutMachineOnX86, work)
    }

    /// As above, for the older libvirts that refuse a guest.
    func remembering(
        _ question: StartQuestion, _ work: () -> [StartAnswer.Shared<OlderLibvirt>]
    ) -> [StartAnswer.Shared<OlderLibvirt>] {
        older.answer(to: question.withoutMachineOnX86, work)
    }

    /// Remembers whether a guest still starts with features that were added to the question: the last `count`.
    func remembering(_ question: StartQuestion, withLast count: Int, _ work: () -> Bool) -> Bool {
        additions.answer(to: Addition(question: question.withoutMachineOnX86, count: count), work)
    }

    /// As above, for the model that hypervisors list instead of a guest's.
    func rememberingModel(_ question: StartQuestion, _ work: () -> String?) -> String? {
        listedModels.answer(to: question.withoutMachineOnX86, work)
    }

    /// As above, for the model that all hosts start instead of a guest's.
    func rememberingModelForAll(_ question: StartQuestion, _ work: () -> String?) -> String? {
        modelsForAll.answer(to: question.withoutMachineOnX86, work)
    }

    /// As above, for the features that hypervisors can give.
    func remembering(_ question: GivenQuestion, _ work: () -> FeatureSet?) -> FeatureSet? { given.answer(to: question, work) }

    /// As above, for what makes the nearest model of a kind of hosts a weak one.
    func rememberingWeakness(of kind: Int, _ work: () -> HostWeakness?) -> HostWeakness? { weaknesses.answer(to: kind, work) }

    /// As above, for the models that can take the place of others.
    func remembering(_ question: ModelQuestion, _ work: () -> [String]) -> [String] { alternatives.answer(to: question, work) }

    /// As above, for the model that is nearest to all hosts.
    func remembering(_ platform: DomainPlatform, _ work: (DomainPlatform) -> Result<String, any Error>) -> Result<String, any Error> {
        // The answer must not depend on the machine of the guest that asks first.
        let key = platform.withoutMachineOnX86
        return nearestModels.answer(to: key) { work(key) }
    }

    /// The protections that all hosts offer and a guest lacks. Nil if that is not known.
    func mitigations(_ question: StartQuestion) -> MitigationSearch? {
        mitigations.answer(to: question) { MitigationSearch(question, on: self) }
    }

    /// A check of one host as if its libvirt were of another release.
    func asked(about host: Int, with release: LibvirtVersion) -> StartCheck {
        let key = HostRelease(host: host, release: release)
        if let known = state.withLock({ $0.olderChecks[key] }) { return known }
        var asked = hosts[host]
        asked.libvirt = release
        let check = self.asked(of: [asked])
        state.withLock { $0.olderChecks[key] = check }
        return check
    }

    /// Whether one host would start a guest.
    public func verdict(on question: StartQuestion, host: Int) -> HostVerdict {
        HostVerdict(judge(question, on: known(host, question.platform)), host: hosts[host].name)
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
        known(host, platform).offered
    }

    /// The release of a host's libvirt: what is stated for the host, or what the libvirt of a URI reports, or else the
    /// policy's oldest, unless the host's domain capabilities show that its libvirt is newer. Nil if nothing says it.
    public func libvirtRelease(of host: Int) -> LibvirtVersion? {
        let host = first(like: host)
        if let known = state.withLock({ $0.releases[host] }) { return known }
        let release = hosts[host].libvirtRelease(oldest: libvirt, knowledge)
        state.withLock { $0.releases[host] = .some(release) }
        return release
    }

    /// The oldest libvirt that a host can have, by its XML. Nil if nothing shows it.
    func shownLibvirt(of host: Int) -> LibvirtVersion? {
        let host = first(like: host)
        if let known = state.withLock({ $0.shown[host] }) { return known }
        let shown = hosts[host].shownLibvirt(knowledge)
        state.withLock { $0.shown[host] = .some(shown) }
        return shown
    }

    /// The CPU map of a host's libvirt; the newest if its release is not known.
    public func map(of host: Int) -> CPUMap {
        let host = first(like: host)
        if let known = state.withLock({ $0.maps[host] }) { return known }
        let map = knowledge.map(of: hosts[host], release: libvirtRelease(of: host))
        state.withLock { $0.maps[host] = map }
        return map
    }

    /// The features that every host offers to the guests of a platform. Nil without hosts, and if one is not known.
    func commonlyOffered(to platform: DomainPlatform) -> FeatureSet? {
        common.answer(to: platform.withoutMachineOnX86) {
            var common: FeatureSet?
            for host in known(platform) {
                guard let features = host.offered else { return nil }
                common = common.map { $0 & features } ?? features
            }
            return common
        }
    }

    /// The version of the newest machine types of a host's QEMU; nil if it is not known.
    func qemuVersion(of host: Int, for platform: DomainPlatform) -> MachineVersion? { known(host, platform).qemuVersion }

    /// The first host of the same kind.
    private func first(like host: Int) -> Int { distinct[kinds.kinds[host]] }

    /// What is known of each kind of hosts for a platform.
    func known(_ platform: DomainPlatform) -> [PlatformHost] {
        if hosts.isEmpty { return [] }
        let key = platform.withoutMachineOnX86
        if let known = state.withLock({ $0.ofPlatform[key] }) { return known }
        let known = distinct.map { self.known($0, platform) }
        state.withLock { state in
            // Strangers' definitions can name any number of platforms.
            if state.ofPlatform.count >= Self.mostPlatforms { state.ofPlatform.removeAll() }
            state.ofPlatform[key] = known
        }
        return known
    }

    private static let mostPlatforms = 64

    private func known(_ host: Int, _ platform: DomainPlatform) -> PlatformHost {
        let host = first(like: host)
        let key = Key(host: host, platform: platform.withoutMachineOnX86)
        if let known = state.withLock({ $0.known[key] }) { return known }
        // These take the lock for themselves.
        let map = map(of: host), release = libvirtRelease(of: host), shown = shownLibvirt(of: host)
        return state.withLock { state in
            if let known = state.known[key] { return known }
            var known: PlatformHost
            do {
                known = try PlatformHost(hosts[host], platform, map: map, release: release, shown: shown)
            } catch {
                known = PlatformHost(hosts[host], map: map, release: release, shown: shown, after: error)
                if let error = error as? HostError, !state.failures.contains(error) { state.failures.append(error) }
            }
            if state.known.count >= Self.mostPlatforms * max(distinct.count, 64) { state.known.removeAll() }
            state.known[key] = known
            return known
        }
    }
}
