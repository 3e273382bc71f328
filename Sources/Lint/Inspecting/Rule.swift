import DomainXML

/// One check. A rule is one file: its documentation, its examples, which are its tests and what `explain` prints,
/// its check and its fix.
///
/// A class, so that going through the rules copies none of them: that took 3 % of the filter.
public final class Rule: Sendable {
    /// Words in kebab case.
    public let id: String
    /// When the policy says nothing. A check may lower it for a case of its own.
    public let severity: Severity
    /// One line: what is found.
    public let summary: String
    /// Why it matters and what to do, in paragraphs of Markdown.
    public let explanation: String
    /// Bad ones and good ones, in the order in which `explain` prints them.
    public let examples: [Example]
    /// What a domain must have for the check to have anything to say.
    let needs: Traits
    /// It says what a host can do, and nothing of what a guest should be: the only thing asked of guests that run.
    let concernsOnlyHost: Bool
    let check: @Sendable (Inspection) -> Void

    init(
        id: String, severity: Severity, needs: Traits = [], concernsOnlyHost: Bool = false, summary: String,
        explanation: String, examples: [Example],
        check: @escaping @Sendable (Inspection) -> Void
    ) {
        self.id = id
        self.needs = needs
        self.concernsOnlyHost = concernsOnlyHost
        self.severity = severity
        self.summary = summary
        self.explanation = explanation
        self.examples = examples
        self.check = check
    }

    /// A definition that the rule speaks about, or one close by that it does not.
    public struct Example: Sendable {
        /// The rule must speak about it; about the others it must not.
        public var isBad: Bool
        /// What it shows.
        public var title: String
        /// A domain, cut down to what matters.
        public var xml: String
        /// The earlier version of it; nil where the rule does not ask.
        public var before: String?
        /// A policy file's text.
        public var policy: String
        /// The hosts that must run it.
        public var hosts: [HostDocument]

        /// A host's file: what `virsh capabilities` or `virsh domcapabilities` prints, cut down to what matters.
        public struct HostDocument: Sendable {
            /// It names the host.
            public var file: String
            /// The file's text.
            public var xml: String

            /// - Parameters:
            ///   - file: a name that host files may have (`hv01.capabilities.xml`); nothing is read from it.
            ///   - xml: the file's text.
            public init(_ file: String, _ xml: String) {
                self.file = file
                self.xml = xml
            }
        }

        /// A definition that the rule must speak about. Without a policy of its own, it is judged by one that keeps
        /// every CPU.
        public static func bad(
            _ title: String, policy: String = "default: keep", hosts: [HostDocument] = [], before: String? = nil,
            _ xml: String
        ) -> Example {
            Example(isBad: true, title: title, xml: xml, before: before, policy: policy, hosts: hosts)
        }

        /// A definition that the rule must not speak about. Without a policy of its own, it is judged by one that keeps
        /// every CPU.
        public static func good(
            _ title: String, policy: String = "default: keep", hosts: [HostDocument] = [], before: String? = nil,
            _ xml: String
        ) -> Example {
            Example(isBad: false, title: title, xml: xml, before: before, policy: policy, hosts: hosts)
        }
    }
}

extension Rule {
    /// Every rule, in the order in which findings of one place are listed.
    public static let all: [Rule] = [
        .invalidCPU, .duplicateFeature, .unknownModel, .unknownFeature, .unknownVendor, .emulatedHostCPU, .topologyVCPUs,
        .hostIncompatible, .modelNotUsable, .deprecatedModel, .guestISALevel, .cpuNotDefault, .windowsCPUChange,
        .guestCPUChange, .windowsRewriteWithheld, .windowsUnstableCPU, .windowsSockets, .hostPassthrough,
        .hypervisorDefault, .commandlineCPU, .unsafeFeature, .missingMitigation, .migrationBlocker, .crossVendorModel,
        .weakHostModel, .versionedModel, .redundantFeature, .fallbackAllow, .checkNone, .liveDefinition, .suppression,
    ]

    /// In the order of `all`.
    public static let ids: [String] = all.map(\.id)

    /// nil for an id that is no rule's; case counts.
    public static func named(_ id: String) -> Rule? { all.first { $0.id == id } }
}

/// What a domain has, as far as it tells rules apart: a rule that needs something else is not run. Most domains lack
/// most of it, and running every rule on each took 8 % of the filter.
struct Traits: OptionSet {
    var rawValue: UInt32

    static let cpu = Traits(rawValue: 1)
    static let model = Traits(rawValue: 2)
    static let features = Traits(rawValue: 4)
    static let vendor = Traits(rawValue: 8)
    static let topology = Traits(rawValue: 16)
    static let qemuArguments = Traits(rawValue: 32)
    static let windows = Traits(rawValue: 64)
    /// The policy's default is not what it has.
    static let otherDefault = Traits(rawValue: 128)

    /// It is known what it was before.
    static let earlier = Traits(rawValue: 131072)

    /// Comments that hide findings. No domain is born with it: the rule about them runs after all others.
    static let suppressions = Traits(rawValue: 256)
    /// It is QEMU's, and hosts are known that must run it.
    static let hosts = Traits(rawValue: 512)
    /// Guests migrate.
    static let migrates = Traits(rawValue: 1024)
    /// A libosinfo id.
    static let osinfo = Traits(rawValue: 2048)
    /// A mode that is not custom.
    static let hostMode = Traits(rawValue: 4096)
    /// No `<cpu>`, or one under custom.
    static let customMode = Traits(rawValue: 8192)
    /// A model, or features.
    static let modelOrFeatures = Traits(rawValue: 16384)
    /// A `<cpu>`, or one too many.
    static let anyCPU = Traits(rawValue: 32768)
    /// The domain's id, or the `check='full'` of a running guest.
    static let live = Traits(rawValue: 65536)

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(_ guest: Guest, _ plan: Plan, hasHosts: Bool, migrates: Bool) {
        self = []
        if let cpu = guest.cpu {
            self = [.cpu, .anyCPU]
            if cpu.model != nil { formUnion([.model, .modelOrFeatures]) }
            if !cpu.features.isEmpty { formUnion([.features, .modelOrFeatures]) }
            if cpu.vendor != nil { insert(.vendor) }
            if cpu.topology != nil { insert(.topology) }
            switch cpu.effectiveMode {
            case .custom: insert(.customMode)
            case .hostModel, .hostPassthrough, .maximum: insert(.hostMode)
            case nil: break
            }
            if cpu.check?.value == .full { insert(.live) }
        } else {
            insert(.customMode)
        }
        if !guest.domain.ignoredCPUs.isEmpty { insert(.anyCPU) }
        if guest.domain.id != nil { insert(.live) }
        if guest.domain.osinfoID != nil { insert(.osinfo) }
        if hasHosts, guest.isManaged { insert(.hosts) }
        if migrates { insert(.migrates) }
        if !guest.domain.qemuArguments.isEmpty { insert(.qemuArguments) }
        if guest.windows != nil { insert(.windows) }
        if case .asItIs = plan { return }
        insert(.otherDefault)
    }
}

/// What a check sees of one guest, and where it reports.
///
/// A class: as a struct it was copied a dozen times a domain, and its retains and releases were a tenth of the filter.
final class Inspection {
    let guest: Guest
    /// What the policy's default makes of the guest.
    let plan: Plan
    private let terms: Terms
    /// Against the guest's earlier version; nil where none is known.
    var change: SeenChange?
    /// The domain's suppression comments; what they hide is counted before the rule about them runs.
    private(set) var suppressions: [Suppression] = []
    /// What the guest's CPU should be, by the policy or the command line.
    let target: Target
    /// The rule whose turn it is.
    private var running: ActiveRule?
    var rule: Rule { running!.rule }
    var setting: RuleSetting? { running?.setting }
    /// Whether findings are wanted at all.
    private let wanted: WantedFindings

    private(set) var findings: [Finding] = []
    // Of the running rule
    private var reported = 0
    private var omitted = 0
    private var omittedSeverity = Severity.note

    /// What the hosts say, for the rules that ask: worked out once a guest.
    private(set) lazy var hostAnswer: StartAnswer? = startCheck.answer(for: guest)

    init(
        guest: Guest, plan: Plan, running: ActiveRule? = nil, terms: Terms, target: Target, wanted: WantedFindings
    ) {
        self.guest = guest
        self.plan = plan
        self.terms = terms
        self.target = target
        self.running = running
        self.wanted = wanted
    }

    /// Takes out what the suppression comments hide.
    func suppress(_ comments: [Suppression]) {
        suppressions = comments
        findings.removeAll { finding in
            guard let index = suppressions.firstIndex(where: { $0.rules.contains(finding.rule) }) else { return false }
            suppressions[index].hidden += 1
            return true
        }
    }

    var domain: Domain { guest.domain }
    var cpu: CPU? { guest.domain.cpu }
    var knowledge: CPUKnowledge { terms.planner.hosts.knowledge }
    /// Nothing is known of any host: said once a run, not once a guest.
    var hasNoHost: Bool { terms.planner.hosts.hosts.isEmpty }
    /// Whether the hosts would start it.
    var startCheck: StartCheck { terms.startCheck }
    /// The oldest libvirt that reads the definitions, where that is known.
    var libvirt: LibvirtVersion? { terms.policy.libvirt }
    /// Guests migrate between the hosts.
    var migrates: Bool { terms.migrates }

    /// The policy lists the feature itself: a rule that would have it removed would only see it written again.
    func isAskedFor(_ feature: String) -> Bool {
        guard case .model(let model) = target else { return false }
        return model.features.contains { $0.name == feature }
    }

    /// The place for what concerns the CPU as a whole: its start tag, or the domain's where there is none.
    var cpuPlace: ByteRange { cpu?.element.startTag ?? domain.element.startTag }

    /// The words are made only when somebody wants them: with `--quiet` they were a third of the filter's own time.
    ///
    /// - Parameter severity: the case's own, where it is not the rule's; the policy's word beats both.
    func report(
        at span: ByteRange, as severity: Severity? = nil, _ message: @autoclosure () -> String,
        notes: @autoclosure () -> [String] = [], help: @autoclosure () -> String? = nil,
        edits: @autoclosure () -> [Edit] = [], host: String? = nil
    ) {
        let severity = stated(severity ?? rule.severity)
        guard wanted.includes(severity) else { return }
        if isFull {
            omitted += 1
            omittedSeverity = max(omittedSeverity, severity)
            return
        }
        append(
            span, severity, message(), notes: notes(), help: domain.isRunning ? nil : help(),
            edits: domain.isRunning ? [] : edits(), host: host)
    }

    /// The policy's word on how bad it is, or the case's own.
    private func stated(_ severity: Severity) -> Severity {
        if case .at(let stated) = setting { stated } else { severity }
    }

    /// A finding of it would be put into words: somebody wants it, and there are not too many yet.
    func isTold(_ severity: Severity) -> Bool { wanted.includes(stated(severity)) && !isFull }

    /// Findings of one rule in one domain: a stranger's definition may have a million things to find.
    static let limit = 100

    /// More findings of the running rule are counted and not put into words.
    var isFull: Bool { reported >= Self.limit }

    /// A rule's turn. What is over the limit is counted.
    func run(_ active: ActiveRule) {
        running = active
        reported = 0
        omitted = 0
        omittedSeverity = .note
        active.rule.check(self)
        guard omitted > 0 else { return }
        append(cpuPlace, omittedSeverity, "and \(omitted) more of this kind in this domain")
    }

    private func append(
        _ span: ByteRange, _ severity: Severity, _ message: String, notes: [String] = [], help: String? = nil,
        edits: [Edit] = [], host: String? = nil
    ) {
        let document = guest.document
        let excerpt = document.excerpt(at: span)
        reported += 1
        findings.append(
            Finding(
                rule: rule.id, severity: severity, message: cut(message), notes: notes.map { cut($0) },
                help: help.map { cut($0) }, host: host, span: span,
                start: document.position(of: span.start), end: document.position(of: span.end),
                sourceLine: excerpt.text, sourceOffset: excerpt.before, domainName: domain[domain.name?.text].map { cut($0) },
                domainUUID: domain[domain.uuid?.text].map { cut($0) }, edits: edits, isFixed: false))
    }
}

/// Names come from definitions, and a stranger's may be megabytes long.
private func cut(_ text: String) -> String {
    let limit = 2000
    guard text.utf8.count > limit else { return text }
    return String(text.unicodeScalars.prefix(limit)) + "\u{2026}"
}

extension Rule {
    /// A message for an id that is none.
    public static func unknown(_ id: String) -> String {
        "\(quoted(id)) is no rule\(didYouMean(nearest(id, among: ids)))"
    }
}
