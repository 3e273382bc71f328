public import DomainXML
import Hosts
public import LibvirtWords

/// One guest that rules look at, and the findings that they report.
///
/// A judge creates an inspection for each guest and passes it to the `check` of each rule. It is valid only during that
/// call, and belongs to the calling thread.
///
/// A class, because each rule gets it: a structure of this size would be copied each time.
public final class Inspection {
    // MARK: The guest

    /// The guest with its architecture, its hypervisor, and the evidence that it is Windows.
    public let guest: Guest
    /// The definition: all its values, and where they stand in the input.
    public var domain: Domain { guest.domain }
    /// The `<cpu>` of the definition; nil if there is none.
    public var cpu: CPU? { guest.domain.cpu }
    /// The place for a finding about the CPU as a whole: see `Guest.cpuPlace`.
    public var cpuPlace: ByteRange { guest.cpuPlace }

    // MARK: The policy, the hosts and the CPU map

    /// The CPU that the guest should have by the policy or the command line. If neither says so, `keep`, or what a
    /// guest without a CPU gets.
    public let target: Target
    /// The policy or the command line states the CPU that the guest should have. Without it, fixes that a guest would
    /// notice are not made.
    var hasDefault = true
    /// What happens to Windows guests, by the policy or the command line.
    var windows = WindowsPolicy.keep
    /// What happens to Windows guests was stated on the command line.
    var windowsIsOption: Bool { terms.overrides.windows != nil }
    /// The options of the command line that decide what a guest is rewritten to, for advice that names a command: each with
    /// a space before it.
    var options: String { terms.overrides.options.map { " \($0)" }.joined() }
    /// As `options`, but not those that say what becomes of the guest.
    var otherOptions: String {
        terms.overrides.options.filter { !$0.hasPrefix("--windows ") && !$0.hasPrefix("--default ") }.map { " \($0)" }.joined()
    }
    /// What the target would change in this guest.
    let plan: Plan
    private let terms: Terms

    /// The oldest libvirt that reads the definitions, by the policy; nil if the policy does not say.
    public var libvirt: LibvirtVersion? { terms.policy.libvirt }
    /// Guests migrate between the hosts: the policy says so, or it says nothing and there are several hosts.
    public var migrates: Bool { terms.migrates }
    /// Guests stay on their host: the policy says so, or it says nothing and there are not several hosts between which they
    /// could move. False without hosts, and at a start, because then nothing is known of other hosts.
    var staysOnHost: Bool {
        !migrates && (terms.policy.migration == false || !startCheck.hosts.isEmpty && terms.knowsAllHosts)
    }
    /// libvirt's CPU map, and how QEMU's models differ from it.
    public var knowledge: CPUKnowledge { terms.planner.hosts.knowledge }
    /// The hosts that must run the guest, and what each of them offers. Without hosts, `hosts` is empty.
    public var startCheck: StartCheck { terms.startCheck }
    /// Whether guests that follow their host can move between the hosts.
    public var moveCheck: MoveCheck { terms.moveCheck }
    /// Whether each host would start the guest, in the order of `startCheck.hosts`. Empty if no host is named, if QEMU
    /// does not run the guest, and for a `<cpu>` with words that libvirt does not know.
    public var verdicts: [HostVerdict] { hostAnswer.map(startCheck.verdicts) ?? [] }
    /// The verdicts, and how each host's hypervisor lists the guest's model. Determined when a rule first asks.
    private(set) lazy var hostAnswer: StartAnswer? = startCheck.answer(for: guest)
    /// What the target `pin` would make of a Windows guest.
    func planOfFreezing() -> Plan { terms.planner.plan(guest, target: .pin, windows: .pin, earlier: .unknown) }
    /// The hosts from which targets are derived.
    var targetHosts: StartCheck { terms.planner.hosts.startCheck }
    /// The nearest CPU that runs on all hosts, checked on each; nil if there is none.
    func sharedCPU() -> SharedCPU? { terms.planner.sharedCPU(for: DomainPlatform(guest)) }
    /// No host is known, not even this machine, so a target that depends on hosts cannot be applied. The judge reports
    /// that once for all guests, as a remark.
    var hasNoHost: Bool { terms.planner.hosts.hosts.isEmpty }
    /// All rules of the judge, in order, including those that the policy switches off.
    var rules: [Rule] { terms.rules }

    /// The change since the guest's earlier version; nil if no earlier version is known.
    var change: SeenChange?

    // MARK: Findings

    private(set) var findings: [Finding] = []
    /// The domain's suppression comments. `suppress` sets them, so only the rule that runs after it sees any.
    private(set) var suppressions: [Suppression] = []
    /// The rule that runs now. Not reference-counted, because it changes often; `terms` keep the rules alive.
    private unowned(unsafe) var rule: Rule?
    /// The severity that the policy or the command line states for that rule.
    private var setting: RuleSetting?
    /// The findings that will be printed or counted. Other findings are not created.
    private let wanted: WantedFindings

    /// A rule may have at most this many findings in one domain, because a hostile definition could cause millions. The
    /// rest is counted.
    static let limit = 100
    // How many findings the rule that runs now has reported, and how many more were left out because of `limit`.
    private var reported = 0
    private var omitted = 0
    /// The hosts of the findings that were left out, so that none of them is lost.
    private var omittedHosts: [String] = []
    private var omittedSeverity = Severity.note

    init(
        guest: Guest, plan: Plan, terms: Terms, target: Target, wanted: WantedFindings
    ) {
        self.guest = guest
        self.plan = plan
        self.terms = terms
        self.target = target
        self.wanted = wanted
    }

    /// Reports a finding of the rule that runs now.
    ///
    /// The judge adds the rest: the position and the source line, the domain's name and UUID. A running guest cannot be
    /// edited, so its findings get neither `help` nor `edits`. Texts longer than 2000 bytes are cut.
    ///
    /// Texts and edits are evaluated only if the finding is wanted: with `--quiet`, nobody reads them.
    ///
    /// - Parameters:
    ///   - span: the bytes of the input that the finding is about, for example `cpuPlace`, or the `span` of a value.
    ///   - severity: if it differs from the rule's severity in this case. A severity that the policy or the command
    ///     line states for the rule overrides both.
    ///   - message: what is wrong, in one line.
    ///   - notes: evidence and reasons, one line each.
    ///   - help: what to do about it, in one line.
    ///   - edits: the edits that fix the problem, for `check --fix`; empty if no fix is certain.
    ///   - isNoticed: the guest sees another CPU after the fix. Such a fix is made only if a default is stated.
    ///   - hosts: the names of the hosts that the finding is about.
    ///   - verdicts: the verdicts on hosts from which the finding follows. Reports for programs state them.
    ///   - moves: the moves between hosts that the finding is about. Reports for programs state them.
    public func report(
        at span: ByteRange, as severity: Severity? = nil, _ message: @autoclosure () -> String,
        notes: @autoclosure () -> [String] = [], help: @autoclosure () -> String? = nil,
        edits: @autoclosure () -> [Edit] = [], isNoticed: Bool = false, hosts: [String] = [],
        verdicts: [JointVerdict] = [], moves: [MoveGroup] = []
    ) {
        assert((severity ?? rule!.severity) <= rule!.worst, "\(rule!.id) would not be run where only worse findings are wanted")
        let severity = stated(severity ?? rule!.severity)
        guard wanted.includes(severity) else { return }
        if isFull {
            omitted += 1
            omittedHosts += hosts
            omittedSeverity = max(omittedSeverity, severity)
            return
        }
        reported += 1
        findings.append(
            Finding(
                rule!.id, severity, message(), notes: notes(), help: domain.isRunning ? nil : help(), hosts: hosts, verdicts: verdicts,
                moves: Array(moves.prefix(Self.limit)), at: span, in: guest,
                edits: domain.isRunning || isNoticed && !hasDefault ? [] : edits()))
    }

    /// Whether `report` would create a finding of this severity now. A check can ask before it looks for something
    /// costly to put into a message.
    public func isWanted(_ severity: Severity) -> Bool { wanted.includes(stated(severity)) && !isFull }

    /// The severity that the policy or the command line states for the rule, or else `severity`.
    private func stated(_ severity: Severity) -> Severity { setting?.severity(severity) ?? severity }

    private var isFull: Bool { reported >= Self.limit }

    // MARK: For the judge

    /// Runs a rule. If it reports more than `limit` findings, one more finding states the number of the others.
    func run(_ rule: Rule, _ setting: RuleSetting?) {
        self.rule = rule
        self.setting = setting
        reported = 0
        omitted = 0
        omittedHosts = []
        omittedSeverity = .note
        rule.check(self)
        guard omitted > 0 else { return }
        var seen: Set<String> = []
        let hosts = omittedHosts.filter { seen.insert($0).inserted }
        findings.append(
            Finding(
                rule.id, omittedSeverity, "omitted: \(omitted) more of this kind in this domain" + (hosts.isEmpty ? "" : ", about \(hostNames(hosts))"),
                hosts: hosts, at: cpuPlace, in: guest))
    }

    /// Removes the findings that comments suppress, and counts them in `suppressions`.
    func suppress(_ comments: [Suppression]) {
        suppressions = comments
        findings.removeAll { finding in
            guard let index = suppressions.firstIndex(where: { $0.rules.contains(finding.rule) }) else { return false }
            suppressions[index].hidden += 1
            return true
        }
    }
}
