import DomainXML
public import Hosts

/// What the command line says over the policy.
public struct Overrides: Sendable {
    /// Beats the policy's default and its guests' entries.
    public var target: Target?
    /// By rule id; these beat the policy's and its guests' entries.
    public var rules: [String: RuleSetting] = [:]
    /// Nothing is installed in the guests yet.
    public var isNewGuest = false
    /// What the others would say is not even put into words.
    public var wanted = WantedFindings.all

    /// Overrides nothing.
    public init() {}
}

/// What was found in a document, and what would change.
public struct Verdict: Sendable {
    /// Domain by domain, in document order.
    public var findings: [Finding] = []
    /// The policy's default, applied.
    public var edits: [Edit] = []
    /// Each once. Whoever prints them drops those that another document's verdict had already.
    public var remarks: [Remark] = []
}

extension Verdict {
    /// What would mend it, as much as can be done at once: the policy's default before all, then each finding's fix
    /// that touches nothing which another one has. The rest is found again afterwards.
    public var fixes: (edits: [Edit], findings: [Finding]) {
        let fixable = findings.filter(\.isFixable)
        guard !fixable.isEmpty else { return ([], []) }
        let ordered = fixable.filter { $0.rule == Rule.cpuNotDefault.id } + fixable.filter { $0.rule != Rule.cpuNotDefault.id }
        var taken: [Edit] = []
        var fixed: [Finding] = []
        for var finding in ordered {
            let isFree = finding.edits.allSatisfy { edit in
                taken.allSatisfy { edit.span.end < $0.span.start || edit.span.start > $0.span.end }
            }
            guard isFree else { continue }
            taken += finding.edits
            finding.isFixed = true
            fixed.append(finding)
        }
        return (taken, fixed)
    }
}

/// A rule that is not off, with the severity that the policy or the command line states for it.
struct ActiveRule: Sendable {
    /// Not reference-counted, because a judge goes through all active rules for each guest. The judge keeps the rules
    /// alive.
    unowned(unsafe) let rule: Rule
    /// Nil when neither the policy nor the command line mentions the rule.
    let setting: RuleSetting?
    /// A copy of `rule.needs`: most rules are skipped because of it, without a look at the rule itself.
    let needs: Traits

    init(_ rule: Rule, _ setting: RuleSetting?) {
        self.rule = rule
        self.setting = setting
        needs = rule.needs
    }
}

/// Judges the domains of a document by the policy, against the hosts.
public struct Judge: Sendable {
    /// What findings speak of.
    public enum Purpose: Sendable {
        /// Findings speak of the definition as it is.
        case check
        /// Findings speak of the definition as it will be written, and of the rewrite.
        case rewrite
        /// One of the hosts is about to start the guest. libvirt has given it an id already, which says nothing here. A
        /// guest whose memory exists is judged as by `resume`.
        case start
        /// A guest comes in that runs already (migration, restore, revert): only whether the hosts can carry it on. A
        /// policy that it breaks, it broke before, and refused it would be lost.
        case resume
    }

    private let terms: Terms

    private let overrides: Overrides
    private let purpose: Purpose
    private var policy: Policy { terms.policy }
    private var planner: Planner { terms.planner }
    private var startCheck: StartCheck { terms.startCheck }

    /// For guests whose entry says nothing of rules.
    private let activeRules: [ActiveRule]

    /// - Parameters:
    ///   - hosts: every one of them must run the guests.
    ///   - targetHosts: in place of `hosts`, for the targets that speak of a host, where no host was named: what a
    ///     guest is judged against is only what somebody said it must run on.
    ///   - rules: the rules to run, in this order. To add rules of your own, pass `Rule.all + [yours]`, and their ids to
    ///     `Policy.parse` as well.
    public init(
        policy: Policy, hosts: [Host] = [], targetHosts: [Host]? = nil, overrides: Overrides = Overrides(),
        purpose: Purpose, knowledge: CPUKnowledge = CPUKnowledge(), rules: [Rule] = Rule.all
    ) {
        self.overrides = overrides
        self.purpose = purpose
        activeRules = Self.activeRules(rules, policy, overrides, nil)
        let startCheck = StartCheck(hosts: hosts, knowledge: knowledge, libvirt: policy.libvirt)
        let pool = targetHosts.map { StartCheck(hosts: $0, knowledge: knowledge, libvirt: policy.libvirt) }
        let planner = Planner(hosts: HostTargets(pool ?? startCheck), isNewGuest: overrides.isNewGuest)
        terms = Terms(policy: policy, planner: planner, startCheck: startCheck, rules: rules)
        asksHosts = (startCheck.hosts + planner.hosts.hosts).contains { $0.connection != nil }
    }

    /// A host is asked while guests are judged.
    public let asksHosts: Bool

    /// Hosts named by a URI that did not answer when a guest needed it: what was said of them is incomplete.
    public var hostFailures: [HostError] { startCheck.failures }

    /// - Parameters:
    ///   - path: the definition's, relative to the policy's directory where it lies below it.
    ///   - earlier: what a guest was before; not asked where nothing is installed in the guests anyway.
    public func judge(
        _ document: Document, path: String? = nil, earlier: (Guest) -> EarlierGuest = { _ in .unknown }
    ) -> Verdict {
        var verdict = Verdict()
        for domain in document.domains {
            let guest = Guest(domain, in: document, hostArchitecture: planner.architecture)
            judge(guest, overrides.isNewGuest ? .new : earlier(guest), path, &verdict)
        }
        return verdict
    }

    /// The architecture of definitions that name none, as `Guest.init` takes it.
    public var hostArchitecture: String? { planner.architecture }

    private func judge(_ guest: Guest, _ earlier: EarlierGuest, _ path: String?, _ verdict: inout Verdict) {
        if case .other(let type) = guest.hypervisor { verdict.add(.notRewritten(domainType: type)) }
        var guest = guest
        var entry: GuestEntry?
        if !policy.guests.isEmpty {
            if let stated = policy.guests.first(where: { $0.os != nil && matches($0, guest, path) }) {
                guest = Guest(guest, windows: stated.os == .windows ? "the policy says so" : nil)
            }
            entry = policy.guests.first { matches($0, guest, path) }
        }
        let rules = rulesWithASay(
            entry.map { $0.rules.isEmpty ? activeRules : Self.activeRules(terms.rules, policy, overrides, $0) } ?? activeRules, guest)
        let target = overrides.target ?? entry?.default ?? policy.default
        let suppressions = Suppression.read(guest.domain)
        let plan = planner.plan(guest, target: target, windows: entry?.windows ?? policy.windows, earlier: earlier)
        let isKept = !suppressions.isEmpty && suppressions.contains { $0.rules.contains(Rule.cpuNotDefault.id) }
        if case .refused(let target, let reason) = plan, planner.hosts.hosts.isEmpty, target.needsHost {
            verdict.add(.noHost(target: target.description, reason: reason))
        }
        guard purpose == .rewrite, !isKept, case .rewrite(let rewriting) = plan else {
            findings(guest, plan, earlier, target, rules, suppressions, &verdict)
            return
        }
        if verdict.edits.isEmpty {
            verdict.edits = rewriting.result.edits
        } else {
            verdict.edits += rewriting.result.edits
        }
        // Live XML shows by a check='full' that the rewrite takes away.
        if guest.domain.id == nil, guest.cpu?.check?.value == .full {
            findings(guest, .asItIs, .unknown, target, rules.filter { $0.rule === Rule.liveDefinition }, [], &verdict)
        }
        rewritten(guest, rewriting, rules, &verdict)
        guest.domain.with(cpu: rewriting.result.cpu) {
            findings(guest, .asItIs, earlier, target, rules, suppressions, &verdict)
        }
    }

    private func matches(_ entry: GuestEntry, _ guest: Guest, _ path: String?) -> Bool {
        let domain = guest.domain
        return entry.match.matches(
            name: domain[domain.name?.text], isWindows: guest.windows != nil, osinfoID: guest.osinfoID,
            type: domain[domain.type], arch: guest.architecture.name, path: path)
    }

    private static func activeRules(
        _ rules: [Rule], _ policy: Policy, _ overrides: Overrides, _ entry: GuestEntry?
    ) -> [ActiveRule] {
        rules.compactMap { rule in
            let setting = overrides.rules[rule.id] ?? entry?.rules[rule.id] ?? policy.rules[rule.id]
            return setting == .off ? nil : ActiveRule(rule, setting)
        }
    }

    private func rulesWithASay(_ rules: [ActiveRule], _ guest: Guest) -> [ActiveRule] {
        switch purpose {
        case .check, .rewrite: rules
        case .start where !guest.hasMemory: rules.filter { $0.rule !== Rule.liveDefinition }
        case .start, .resume:
            // How bad it is, is the host's word: a policy that makes more of it must not lose a guest either.
            rules.filter(\.rule.concernsOnlyHost).map { ActiveRule($0.rule, nil) }
        }
    }

    private func findings(
        _ guest: Guest, _ plan: Plan, _ earlier: EarlierGuest, _ target: Target, _ rules: [ActiveRule],
        _ suppressions: [Suppression], _ verdict: inout Verdict
    ) {
        var traits = Traits(guest, plan, hasHosts: !startCheck.hosts.isEmpty, migrates: terms.migrates)
        // What a comment hides is counted whether or not anybody wanted it.
        let inspection = Inspection(
            guest: guest, plan: plan, terms: terms, target: target, wanted: suppressions.isEmpty ? overrides.wanted : .all)
        if case .old(let old, let file) = earlier {
            traits.insert(.earlier)
            let what = GuestChange.between(old, GuestRecord(guest), on: planner.hosts)
            inspection.change = SeenChange(old: old, file: file, what: what)
        }
        for active in rules where active.needs.isSubset(of: traits) { inspection.run(active.rule, active.setting) }
        if !suppressions.isEmpty {
            inspection.suppress(suppressions)
            if let active = rules.first(where: { $0.rule === Rule.suppression }) {
                inspection.run(active.rule, active.setting)
            }
        }
        if !inspection.findings.isEmpty { verdict.findings += inspection.findings }
    }

    /// What the rewrite did, said by the rule that asked for it.
    private func rewritten(
        _ guest: Guest, _ rewriting: Rewriting, _ rules: [ActiveRule], _ verdict: inout Verdict
    ) {
        // A mended fault never counts, so nobody sees it where only those that count are wanted.
        guard overrides.wanted == .all, let active = rules.first(where: { $0.rule === Rule.cpuNotDefault }) else { return }
        let inspection = Inspection(
            guest: guest, plan: .asItIs, terms: terms, target: rewriting.target, wanted: .all)
        inspection.begin(active.rule, active.setting)
        let before = describe(guest.cpu, in: guest.domain)
        inspection.report(
            at: inspection.cpuPlace, as: .note, "rewritten: \(before) became \(rewriting.name)",
            notes: rewriting.lost.isEmpty ? [] : ["gone with it: \(listing(rewriting.lost))"])
        verdict.findings += inspection.findings.map {
            var finding = $0
            finding.isFixed = true
            return finding
        }
    }
}
