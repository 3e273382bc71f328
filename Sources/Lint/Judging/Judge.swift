public import DomainXML
public import Hosts

/// Judges the domains of documents by a policy, and against hosts.
///
/// A judge does not change, so several threads can use the same one.
public struct Judge: Sendable {
    /// What the definitions are judged for.
    public enum Purpose: Sendable {
        /// Findings are about the definitions as they are.
        case check
        /// Findings are about the definitions as they will be written, and about the rewrites.
        case rewrite
        /// One of the hosts is about to start the guests. libvirt has given them ids already, so an id is no finding. A
        /// guest whose memory exists is judged as for `resume`.
        case start
        /// The guests run already and come to one of the hosts, by migration, restoring or reverting. Only rules that
        /// concern the host are run: a guest that breaks another rule broke it before, and would be lost if it were
        /// refused.
        case resume
    }

    private let terms: Terms
    /// The terms of guests whose policy entry names hosts of their own, by the index of the entry.
    private let narrowedTerms: [Int: Terms]
    private let overrides: Overrides
    private let purpose: Purpose
    /// The rules for guests whose policy entry states nothing about rules.
    private let activeRules: [ActiveRule]

    private var policy: Policy { terms.policy }

    /// Creates a judge.
    ///
    /// - Parameters:
    ///   - policy: the policy. If it should name rules that are not in `Rule.all`, pass their ids to `Policy.parse`.
    ///   - hosts: the hosts that must run the guests.
    ///   - targetHosts: the hosts from which targets are derived; nil for `hosts`. They differ if the user named no
    ///     host: a target may then follow this machine, but no guest has to run on it.
    ///   - overrides: the settings of the command line.
    ///   - purpose: what the definitions are judged for.
    ///   - knowledge: the CPU map.
    ///   - rules: the rules to run, in this order. To add rules of your own, pass `Rule.all + [yours]`. No two rules
    ///     may have the same id.
    public init(
        policy: Policy, hosts: [Host] = [], targetHosts: [Host]? = nil, overrides: Overrides = Overrides(),
        purpose: Purpose, knowledge: CPUKnowledge = CPUKnowledge(), rules: [Rule] = Rule.all
    ) {
        self.overrides = overrides
        self.purpose = purpose
        let knowsAllHosts = switch purpose {
        case .check, .rewrite: true
        case .start, .resume: false
        }
        func terms(_ hosts: [Host], _ targetHosts: [Host]?) -> Terms {
            let startCheck = StartCheck(
                hosts: hosts, knowledge: knowledge, libvirt: policy.libvirt, areRunning: purpose == .resume)
            let targetCheck = targetHosts.map { StartCheck(hosts: $0, knowledge: knowledge, libvirt: policy.libvirt) }
            let planner = Planner(hosts: HostTargets(targetCheck ?? startCheck), isNewGuest: overrides.isNewGuest)
            return Terms(
                policy: policy, overrides: overrides, planner: planner, startCheck: startCheck, knowsAllHosts: knowsAllHosts, rules: rules)
        }
        self.terms = terms(hosts, targetHosts)
        narrowedTerms = policy.guests.isEmpty ? [:] : Self.narrowed(policy, hosts, targetHosts, terms)
        activeRules = Self.activeRules(rules, overrides, nil, policy)
        asksHosts = (hosts + (targetHosts ?? [])).contains { $0.connection != nil }
        remarksOnNames = Remark.takenByName(hosts + (targetHosts ?? []), knowledge)
            + policy.uncertainNames.map { .uncertainName($0) }
    }

    /// The terms of each guest's entry that names hosts of its own, by the entry's index. Entries with the same hosts share
    /// theirs.
    private static func narrowed(
        _ policy: Policy, _ hosts: [Host], _ targetHosts: [Host]?, _ terms: ([Host], [Host]?) -> Terms
    ) -> [Int: Terms] {
        var narrowed: [Int: Terms] = [:]
        var known: [[[Int]]: Terms] = [:]
        for (index, entry) in policy.guests.enumerated() {
            let own = policy.hosts(of: entry, among: hosts.map(\.name)) ?? Array(hosts.indices)
            let ownTargets = targetHosts.map { all in policy.hosts(of: entry, among: all.map(\.name)) ?? Array(all.indices) }
            guard own.count < hosts.count || ownTargets.map(\.count) != targetHosts.map(\.count) else { continue }
            let key = [own, ownTargets ?? []]
            known[key] = known[key] ?? terms(own.map { hosts[$0] }, targetHosts.flatMap { all in ownTargets?.map { all[$0] } })
            narrowed[index] = known[key]
        }
        return narrowed
    }

    /// The names that hosts have and no CPU map here has, and the names of the policy that perhaps no host has.
    private let remarksOnNames: [Remark]

    /// At least one host is named by a URI, so hosts may be asked for their capabilities while guests are judged.
    public let asksHosts: Bool

    /// The errors that have occurred so far: hosts that did not answer. The findings about these hosts are incomplete.
    public var hostFailures: [HostError] {
        var failures = terms.startCheck.failures
        for (_, terms) in narrowedTerms.sorted(by: { $0.key < $1.key }) {
            failures += terms.startCheck.failures.filter { !failures.contains($0) }
        }
        return failures
    }

    /// The architecture that is assumed for definitions that state none; nil if the hosts do not agree on one. Pass it
    /// to `Guest.init`.
    public var hostArchitecture: String? { terms.planner.architecture }

    /// The hosts that must run the guests, and what each of them offers.
    package var startCheck: StartCheck { terms.startCheck }
    /// The CPU maps by which guests are judged.
    package var knowledge: CPUKnowledge { terms.planner.hosts.knowledge }

    /// Judges all domains of a document.
    ///
    /// - Parameters:
    ///   - document: what the reader hands to its handler.
    ///   - name: what remarks call the input; nil if the names of its domains say enough.
    ///   - path: the path of the definition; if it is below the policy's directory, relative to that. Nil if there is
    ///     none.
    ///   - earlier: returns the earlier version of a guest. It is not called if nothing is installed in the guests
    ///     anyway.
    public func judge(
        _ document: Document, named name: String? = nil, path: String? = nil, earlier: (Guest) -> EarlierGuest = { _ in .unknown }
    ) -> Verdict {
        var verdict = Verdict()
        remarksOnNames.forEach { verdict.add($0) }
        for domain in document.domains {
            let guest = Guest(domain, in: document, hostArchitecture: terms.planner.architecture)
            if purpose == .check || purpose == .rewrite, let placeholder = guest.placeholder {
                let domain = "domain \(domain[domain.name?.text] ?? "without a name")"
                verdict.add(.notJudged(what: name.map { "\($0): \(domain)" } ?? domain, reason: "it is a template (\(placeholder))"))
                continue
            }
            judge(guest, overrides.isNewGuest ? .new : earlier(guest), path, &verdict)
        }
        return verdict
    }

    private func judge(_ guest: Guest, _ earlier: EarlierGuest, _ path: String?, _ verdict: inout Verdict) {
        // A check that fixes nothing has nothing to say about rewriting.
        if purpose != .check || overrides.fixes, case .other(let type) = guest.hypervisor { verdict.add(.notRewritten(domainType: type)) }
        var guest = guest
        var entry: GuestEntry?
        var terms = terms
        if !policy.guests.isEmpty {
            if let stated = policy.guests.first(where: { $0.os != nil && matches($0, guest, path) }) {
                guest = Guest(guest, windows: stated.os == .windows ? "the policy says so" : nil)
            }
            if let index = policy.guests.firstIndex(where: { matches($0, guest, path) }) {
                entry = policy.guests[index]
                if let narrowed = narrowedTerms[index] { terms = narrowed }
            }
        }
        var rules = rules(for: guest, entry)
        // libvirt still reads <cpu>, but the guest gets another CPU.
        if guest.isCPUUnused { rules.removeAll { !$0.rule.concernsUnusedCPU } }
        let stated = overrides.target ?? entry?.default ?? policy.default
        let target = stated ?? targetWithoutDefault(guest, &verdict)
        let suppressions = Suppression.read(guest.domain)
        let order = GuestPolicy(
            target: target, windows: overrides.windows ?? entry?.windows ?? policy.windows, hasDefault: stated != nil)
        var plan = terms.planner.plan(guest, target: target, windows: order.windows, earlier: earlier)
        let rewritingRule: Rule = plan.isAskedFor(hasDefault: order.hasDefault) ? .cpuNotDefault : .hypervisorDefault
        let isKept = !suppressions.isEmpty && suppressions.contains { $0.rules.contains(rewritingRule.id) }
        if case .refused(let target, let reason) = plan, terms.planner.hosts.hosts.isEmpty, target.needsHost {
            verdict.add(.noHost(target: target.description, reason: reason))
        }
        guard purpose == .rewrite, !isKept, case .rewrite(let rewriting) = plan else {
            if purpose == .check, case .rewrite(let rewriting) = plan,
                let error = newError(of: rewriting, guest, earlier, order, terms, rules, suppressions)
            {
                plan = .faulty(rewriting, error: "\(error.message) [\(error.rule)]")
            }
            findings(guest, plan, earlier, order, terms, rules, suppressions, &verdict)
            return
        }
        if verdict.edits.isEmpty {
            verdict.edits = rewriting.result.edits
        } else {
            verdict.edits += rewriting.result.edits
        }
        // The rewrite removes check='full', which can be the only sign of a live definition, so the rule
        // live-definition runs before the rewrite.
        if guest.domain.id == nil, guest.cpu?.check?.value == .full {
            findings(guest, .asItIs, .unknown, order, terms, rules.filter { $0.rule === Rule.liveDefinition }, [], &verdict)
        }
        reportRewrite(of: guest, rewriting, as: rewritingRule, rules, &verdict)
        guest.domain.with(cpu: rewriting.result.cpu) {
            findings(guest, .asItIs, earlier, order, terms, rules, suppressions, &verdict)
        }
    }

    /// The target of a guest for which neither the policy nor the command line states one. A guest that requests no CPU
    /// gets the hosts' nearest model when it is written, as virt-manager gives new guests one; others keep theirs.
    private func targetWithoutDefault(_ guest: Guest, _ verdict: inout Verdict) -> Target {
        guard purpose == .rewrite, guest.isManaged else { return .keep }
        verdict.add(.noDefault)
        return isHypervisorDefault(guest.cpu, guest) ? .hostModelOnly : .keep
    }

    /// The first error that the guest would have after a rewrite and does not have now.
    private func newError(
        of rewriting: Rewriting, _ guest: Guest, _ earlier: EarlierGuest, _ order: GuestPolicy, _ terms: Terms,
        _ rules: [ActiveRule], _ suppressions: [Suppression]
    ) -> Finding? {
        func errors() -> [Finding] {
            var verdict = Verdict()
            findings(
                guest, .asItIs, earlier, order, terms, rules, suppressions, wanted: .atLeast(.error), &verdict)
            return verdict.findings.filter { $0.severity == .error }
        }
        let after = guest.domain.with(cpu: rewriting.result.cpu) { errors() }
        if after.isEmpty { return nil }
        let before = errors()
        return after.first { error in !before.contains { $0.rule == error.rule && $0.message == error.message } }
    }

    private func matches(_ entry: GuestEntry, _ guest: Guest, _ path: String?) -> Bool {
        let domain = guest.domain
        return entry.match.matches(
            name: domain[domain.name?.text], isWindows: guest.windows != nil, osinfoID: guest.osinfoID,
            type: domain[domain.type], arch: guest.architecture.name, path: path)
    }

    // MARK: Rules

    /// The rules that are not switched off. The command line overrides the policy's entry for a guest, and the entry
    /// overrides the rest of the policy.
    private static func activeRules(
        _ rules: [Rule], _ overrides: Overrides, _ entry: GuestEntry?, _ policy: Policy
    ) -> [ActiveRule] {
        rules.compactMap { rule in
            let setting =
                overrides.rules.setting(forRule: rule.id, tags: rule.tags)
                ?? entry?.rules.setting(forRule: rule.id, tags: rule.tags)
                ?? policy.rules.setting(forRule: rule.id, tags: rule.tags)
            return setting == .off ? nil : ActiveRule(rule, setting)
        }
    }

    /// The rules that a guest is judged by.
    private func rules(for guest: Guest, _ entry: GuestEntry?) -> [ActiveRule] {
        var rules = activeRules
        if let entry, !entry.rules.isEmpty { rules = Self.activeRules(terms.rules, overrides, entry, policy) }
        switch purpose {
        case .check, .rewrite: return rules
        case .start where !guest.hasMemory: return rules.filter { $0.rule !== Rule.liveDefinition }
        case .start, .resume:
            // The policy's severity of these rules is ignored, even a stricter one: a guest that is refused would be
            // lost.
            return rules.filter(\.rule.concernsOnlyHost).map { ActiveRule($0.rule, nil) }
        }
    }

    private func findings(
        _ guest: Guest, _ plan: Plan, _ earlier: EarlierGuest, _ order: GuestPolicy, _ terms: Terms, _ rules: [ActiveRule],
        _ suppressions: [Suppression], wanted: WantedFindings? = nil, _ verdict: inout Verdict
    ) {
        // With suppression comments all findings are created, because the number of hidden ones matters.
        let wanted = suppressions.isEmpty ? wanted ?? overrides.wanted : .all
        if wanted == .none, !asksHosts { return }
        var traits = Traits(guest, plan, hasHosts: !terms.startCheck.hosts.isEmpty, migrates: terms.migrates)
        let inspection = Inspection(guest: guest, plan: plan, terms: terms, target: order.target, wanted: wanted)
        inspection.hasDefault = order.hasDefault
        inspection.windows = order.windows
        if let change = SeenChange(of: guest, since: earlier.definitions, on: terms.planner.hosts.startCheck) {
            traits.insert(.earlier)
            inspection.change = change
        }
        // If hosts are asked, all rules run, even those whose findings are not wanted, so that a host that does not answer is reported.
        for active in rules where active.needs.isSubset(of: traits) && (wanted.includes(active.worst) || asksHosts) {
            inspection.run(active.rule, active.setting)
        }
        if !suppressions.isEmpty {
            inspection.suppress(suppressions)
            if let active = rules.first(where: { $0.rule === Rule.suppression }) {
                inspection.run(active.rule, active.setting)
            }
        }
        verdict.add(SharedCause.all.merged(inspection.findings, of: inspection))
    }

    /// Reports a rewrite as a fixed finding of a rule.
    private func reportRewrite(
        of guest: Guest, _ rewriting: Rewriting, as rule: Rule, _ rules: [ActiveRule], _ verdict: inout Verdict
    ) {
        // A fixed finding never counts for the exit status, so it is created only if all findings are wanted.
        guard overrides.wanted == .all, let active = rules.first(where: { $0.rule === rule }) else { return }
        let own: Severity = rewriting.doubt == nil ? .note : .warning
        let lost = rewriting.lost
        verdict.findings.append(Finding(
            rule.id, active.setting?.severity(own) ?? own, "rewritten from \(describe(guest.cpu, in: guest.domain)) to \(rewriting.name)",
            notes: (lost.isEmpty ? [] : ["also removed: \(listing(lost))"]) + (rewriting.doubt.map { [$0] } ?? []),
            at: guest.cpuPlace, in: guest, isFixed: true))
    }
}
