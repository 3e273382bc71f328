import DomainXML
public import Hosts

/// What the command line says over the policy.
public struct Overrides: Sendable {
    /// Beats the policy's default and its guests' entries.
    public var target: Target?
    public var rules: [String: RuleSetting] = [:]
    /// Nothing is installed in the guests yet.
    public var isNewGuest = false

    public init() {}
}

/// What was found in a document, and what would change.
public struct Verdict: Sendable {
    public var findings: [Finding] = []
    /// The policy's default, applied.
    public var edits: [Edit] = []
    /// Things said once a run rather than once a domain.
    public var remarks: [String] = []
}

/// Judges the domains of a document by the policy, against the hosts.
public struct Judge {
    public enum Purpose: Sendable {
        /// Findings speak of the definition as it is.
        case check
        /// Findings speak of the definition as it will be written, and of the rewrite.
        case rewrite
    }

    private let policy: Policy
    private let overrides: Overrides
    private let planner: Planner
    private let purpose: Purpose
    private let startCheck: StartCheck
    private var said: Set<String> = []

    public init(
        policy: Policy, hosts: [Host] = [], overrides: Overrides = Overrides(), purpose: Purpose,
        knowledge: CPUKnowledge = CPUKnowledge()
    ) {
        self.policy = policy
        self.overrides = overrides
        self.purpose = purpose
        planner = Planner(hosts: HostPool(hosts: hosts, knowledge: knowledge), isNewGuest: overrides.isNewGuest)
        startCheck = StartCheck(hosts: hosts, knowledge: knowledge, libvirt: policy.libvirt)
    }

    /// Hosts named by a URI that did not answer when a guest needed it: what was said of them is incomplete.
    public var hostFailures: [HostError] { startCheck.failures }

    /// - Parameter path: the definition's, relative to the policy's directory where it lies below it.
    public mutating func judge(_ document: Document, path: String? = nil) -> Verdict {
        var verdict = Verdict()
        for domain in document.domains {
            judge(Guest(domain, in: document, hostArchitecture: planner.hosts.architecture), path, &verdict)
        }
        return verdict
    }

    private mutating func judge(_ guest: Guest, _ path: String?, _ verdict: inout Verdict) {
        if case .other(let type) = guest.hypervisor {
            let kind = type.isEmpty ? "domains without a type" : "\(type) domains"
            if said.insert(type).inserted { verdict.remarks.append("\(kind) are not rewritten: only qemu, kvm and hvf are") }
        }
        let entry = entry(for: guest, path)
        let target = overrides.target ?? entry?.default ?? policy.default
        let plan = planner.plan(guest, target: target, windows: entry?.windows ?? policy.windows)
        if case .refused(_, let reason) = plan, planner.hosts.hosts.isEmpty, target.needsHost,
            said.insert("host").inserted
        {
            verdict.remarks.append("the default \(target) is not looked at: \(reason)")
        }
        guard purpose == .rewrite, case .rewrite(let rewriting) = plan else {
            verdict.findings += findings(guest, plan, entry)
            return
        }
        verdict.edits += rewriting.result.edits
        verdict.findings += rewritten(guest, rewriting, entry)
        verdict.findings += guest.domain.with(cpu: rewriting.result.cpu) { findings(guest, .asItIs, entry) }
    }

    private func entry(for guest: Guest, _ path: String?) -> GuestEntry? {
        guard !policy.guests.isEmpty else { return nil }
        let domain = guest.domain
        return policy.guests.first {
            $0.match.matches(
                name: domain[domain.name?.text], isWindows: guest.windows != nil, osinfoID: guest.osinfoID,
                type: domain[domain.type], arch: guest.architecture.name, path: path)
        }
    }

    private func setting(_ rule: Rule, _ entry: GuestEntry?) -> RuleSetting? {
        overrides.rules[rule.id] ?? entry?.rules[rule.id] ?? policy.rules[rule.id]
    }

    private func inspection(_ guest: Guest, _ plan: Plan, _ rule: Rule) -> Inspection {
        Inspection(
            guest: guest, plan: plan, rule: rule, hasNoHost: planner.hosts.hosts.isEmpty,
            knowledge: planner.hosts.knowledge, startCheck: startCheck, libvirt: policy.libvirt,
            migrates: policy.migration ?? (planner.hosts.hosts.count > 1))
    }

    private func findings(_ guest: Guest, _ plan: Plan, _ entry: GuestEntry?) -> [Finding] {
        var inspection = inspection(guest, plan, Rule.all[0])
        for rule in Rule.all {
            let setting = setting(rule, entry)
            if setting == .off { continue }
            inspection.rule = rule
            inspection.setting = setting
            rule.check(&inspection)
        }
        return inspection.findings
    }

    /// What the rewrite did, said by the rule that asked for it.
    private func rewritten(_ guest: Guest, _ rewriting: Rewriting, _ entry: GuestEntry?) -> [Finding] {
        var inspection = inspection(guest, .asItIs, .cpuNotDefault)
        if setting(.cpuNotDefault, entry) == .off { return [] }
        let before = describe(guest.cpu, in: guest.domain)
        inspection.report(
            at: inspection.cpuPlace, as: .note, "rewritten: \(before) became \(rewriting.name)",
            notes: rewriting.lost.isEmpty ? [] : ["gone with it: \(listing(rewriting.lost))"])
        return inspection.findings.map {
            var finding = $0
            finding.isFixed = true
            return finding
        }
    }
}
