import DomainXML

/// One check. A rule is one file: its documentation, its examples, which are its tests and what `explain` prints,
/// its check and its fix.
public struct Rule: Sendable {
    /// Words in kebab case.
    public var id: String
    /// When the policy says nothing. A check may lower it for a case of its own.
    public var severity: Severity
    /// One line: what is found.
    public var summary: String
    /// Why it matters and what to do, in paragraphs of Markdown.
    public var explanation: String
    public var examples: [Example]
    var check: @Sendable (inout Inspection) -> Void

    init(
        id: String, severity: Severity, summary: String, explanation: String, examples: [Example],
        check: @escaping @Sendable (inout Inspection) -> Void
    ) {
        self.id = id
        self.severity = severity
        self.summary = summary
        self.explanation = explanation
        self.examples = examples
        self.check = check
    }

    /// A definition that the rule speaks about, or one close by that it does not.
    public struct Example: Sendable {
        public var isBad: Bool
        /// What it shows.
        public var title: String
        /// A domain, cut down to what matters.
        public var xml: String
        /// A policy file's text.
        public var policy: String
        /// The hosts that must run it.
        public var hosts: [HostDocument]

        /// A host's file: what `virsh capabilities` or `virsh domcapabilities` prints, cut down to what matters.
        public struct HostDocument: Sendable {
            /// It names the host.
            public var file: String
            public var xml: String

            public init(_ file: String, _ xml: String) {
                self.file = file
                self.xml = xml
            }
        }

        public static func bad(
            _ title: String, policy: String = "default: keep", hosts: [HostDocument] = [], _ xml: String
        ) -> Example {
            Example(isBad: true, title: title, xml: xml, policy: policy, hosts: hosts)
        }

        public static func good(
            _ title: String, policy: String = "default: keep", hosts: [HostDocument] = [], _ xml: String
        ) -> Example {
            Example(isBad: false, title: title, xml: xml, policy: policy, hosts: hosts)
        }
    }
}

extension Rule {
    /// Every rule, in the order in which findings of one place are listed.
    public static let all: [Rule] = [
        .invalidCPU, .duplicateFeature, .unknownModel, .unknownFeature, .unknownVendor, .emulatedHostCPU, .topologyVCPUs,
        .hostIncompatible, .modelNotUsable, .deprecatedModel, .guestISALevel, .cpuNotDefault, .windowsRewriteWithheld,
        .windowsUnstableCPU, .hostPassthrough, .hypervisorDefault, .commandlineCPU, .unsafeFeature, .missingMitigation,
        .migrationBlocker, .crossVendorModel, .weakHostModel, .versionedModel, .redundantFeature, .fallbackAllow,
        .checkNone, .liveDefinition,
    ]

    public static let ids: [String] = all.map(\.id)

    public static func named(_ id: String) -> Rule? { all.first { $0.id == id } }
}

/// What a check sees of one guest, and where it reports.
struct Inspection {
    let guest: Guest
    /// What the policy's default makes of the guest.
    let plan: Plan
    /// Nothing is known of any host: said once a run, not once a guest.
    let hasNoHost: Bool
    let knowledge: CPUKnowledge
    /// Whether the hosts would start it.
    let startCheck: StartCheck
    /// The oldest libvirt that reads the definitions, where that is known.
    let libvirt: LibvirtVersion?
    /// Guests migrate between the hosts.
    let migrates: Bool
    /// Whether findings of the running rule are wanted at all, and how bad they are if the policy says.
    var rule: Rule
    var setting: RuleSetting?
    private(set) var findings: [Finding] = []
    /// What the hosts say, for the rules that ask: worked out once a guest.
    private(set) lazy var hostAnswer: StartAnswer? = startCheck.answer(for: guest)

    init(
        guest: Guest, plan: Plan, rule: Rule, hasNoHost: Bool, knowledge: CPUKnowledge, startCheck: StartCheck,
        libvirt: LibvirtVersion?, migrates: Bool
    ) {
        self.guest = guest
        self.plan = plan
        self.hasNoHost = hasNoHost
        self.knowledge = knowledge
        self.startCheck = startCheck
        self.libvirt = libvirt
        self.migrates = migrates
        self.rule = rule
    }

    var domain: Domain { guest.domain }
    var cpu: CPU? { guest.domain.cpu }

    /// The place for what concerns the CPU as a whole: its start tag, or the domain's where there is none.
    var cpuPlace: Span { cpu?.element.startTag ?? domain.element.startTag }

    /// - Parameter severity: the case's own, where it is not the rule's; the policy's word beats both.
    mutating func report(
        at span: Span, as severity: Severity? = nil, _ message: String, notes: [String] = [], help: String? = nil,
        edits: [Edit] = [], host: String? = nil
    ) {
        var severity = severity ?? rule.severity
        if case .at(let stated) = setting { severity = stated }
        let document = guest.document
        findings.append(
            Finding(
                rule: rule.id, severity: severity, message: message, notes: notes, help: help, host: host, span: span,
                start: document.position(of: span.start), end: document.position(of: span.end),
                sourceLine: document.firstLine(of: span), domainName: domain[domain.name?.text],
                domainUUID: domain[domain.uuid?.text], edits: edits, isFixed: false))
    }
}

extension Rule {
    /// A message for an id that is none.
    public static func unknown(_ id: String) -> String {
        "\(quoted(id)) is no rule\(didYouMean(nearest(id, among: ids)))"
    }
}
