/// A check of a guest's definition, with its documentation and its examples.
///
/// The rules of virt-cpu stand in `Rules`, one in each file; the file `Registry.swift` lists them. Other programs can
/// add their own rules: they create a `Rule`, and pass it to `Judge.init` together with `Rule.all`.
///
/// A class, because a judge goes through all rules for each guest, and a structure of this size would be copied each
/// time.
public final class Rule: Sendable {
    /// The name of the rule in policies, options, comments and reports: lower-case words joined by hyphens.
    public let id: String
    /// The severity of the rule's findings, unless the policy or the check itself states another.
    public let severity: Severity
    /// The worst severity that the check states for a finding.
    let worst: Severity
    /// The subjects of the rule. At least one.
    public var tags: Set<RuleTag> { makeTags() }
    /// `tags` in the order of `RuleTag`.
    public var tagsInOrder: [RuleTag] { RuleTag.allCases.filter(tags.contains) }
    /// One line that says what the rule finds, without a full stop.
    public let summary: String
    /// Why the finding matters and what to do about it: paragraphs of Markdown, separated by empty lines.
    public var explanation: String { makeExplanation() }
    /// Bad and good definitions, in the order in which `virt-cpu explain` prints them.
    public var examples: [RuleExample] { makeExamples() }

    /// A judge runs the check only on guests that have all of these.
    let needs: Traits
    /// The rule says what a host can run, not what a guest should be. Guests that already run are judged only by such
    /// rules.
    let concernsOnlyHost: Bool
    let check: @Sendable (Inspection) -> Void
    /// The check of a rule about policies, which looks at no guest; nil for other rules.
    let checkPolicy: (@Sendable (PolicyInspection) -> Void)?
    // Tags, explanation and examples are built when somebody reads them, because most runs of virt-cpu need none of them. For the first
    // `Set<RuleTag>`, the Swift runtime searches the whole executable for the conformance of `RuleTag` to `Hashable`: 4
    // % of the instructions of `virt-cpu filter --no-config --default host-model --quiet --no-local` for one domain
    // (2026-11-28, valgrind --tool=callgrind).
    private let makeTags: @Sendable () -> Set<RuleTag>
    private let makeExplanation: @Sendable () -> String
    private let makeExamples: @Sendable () -> [RuleExample]

    /// Creates a rule.
    ///
    /// - Parameters:
    ///   - id: lower-case words joined by hyphens. Must differ from the ids of all other rules that a judge has.
    ///   - severity: the severity of the findings, unless the policy or the check itself states another.
    ///   - worst: the worst severity that the check states for a finding. The check is not run where nobody wants findings of
    ///     that severity.
    ///   - tags: the subjects of the rule, at least one. Evaluated each time that somebody reads `tags`.
    ///   - needs: what a guest must have for the check to be able to find anything. The judge does not run the check on
    ///     other guests. The default fits every guest.
    ///   - concernsOnlyHost: the rule says what a host can run, not what a guest should be. A guest that already runs
    ///     is judged only by such rules.
    ///   - summary: one line that says what the rule finds, without a full stop.
    ///   - explanation: why the finding matters and what to do about it: paragraphs of Markdown, separated by empty
    ///     lines. Evaluated each time that somebody reads `explanation`.
    ///   - examples: at least one bad and one good definition. Evaluated each time that somebody reads `examples`.
    ///   - check: looks at one guest, and calls `Inspection.report` for each finding. Several threads call it at the
    ///     same time, each with an inspection of its own. The inspection and the guest are valid only during the call.
    public convenience init(
        id: String, severity: Severity, worst: Severity = .error, tags: @autoclosure @escaping @Sendable () -> Set<RuleTag>,
        needs: Traits = [], concernsOnlyHost: Bool = false, summary: String,
        explanation: @autoclosure @escaping @Sendable () -> String,
        examples: @autoclosure @escaping @Sendable () -> [RuleExample],
        check: @escaping @Sendable (Inspection) -> Void
    ) {
        self.init(
            id: id, severity: severity, worst: worst, tags, needs: needs, concernsOnlyHost: concernsOnlyHost, summary: summary, explanation,
            examples, check: check, checkPolicy: nil)
    }

    /// Creates a rule about policies: it looks at a policy that takes the place of another, and at no guest.
    ///
    /// - Parameter checkPolicy: calls `PolicyInspection.report` for each finding.
    convenience init(
        id: String, severity: Severity, tags: @autoclosure @escaping @Sendable () -> Set<RuleTag>, summary: String,
        explanation: @autoclosure @escaping @Sendable () -> String,
        examples: @autoclosure @escaping @Sendable () -> [RuleExample],
        checkPolicy: @escaping @Sendable (PolicyInspection) -> Void
    ) {
        self.init(
            id: id, severity: severity, worst: .error, tags, needs: .policy, concernsOnlyHost: false, summary: summary, explanation, examples,
            check: { _ in }, checkPolicy: checkPolicy)
    }

    private init(
        id: String, severity: Severity, worst: Severity, _ tags: @escaping @Sendable () -> Set<RuleTag>, needs: Traits,
        concernsOnlyHost: Bool, summary: String, _ explanation: @escaping @Sendable () -> String, _ examples: @escaping @Sendable () -> [RuleExample],
        check: @escaping @Sendable (Inspection) -> Void, checkPolicy: (@Sendable (PolicyInspection) -> Void)?
    ) {
        self.id = id
        self.severity = severity
        self.worst = max(worst, severity)
        makeTags = tags
        self.needs = needs
        self.concernsOnlyHost = concernsOnlyHost
        self.summary = summary
        makeExplanation = explanation
        makeExamples = examples
        self.check = check
        self.checkPolicy = checkPolicy
    }
}

extension Rule {
    /// Comments can suppress the findings. Those about the comments themselves come after them, and a policy has no such
    /// comments.
    package var canBeSuppressed: Bool { needs.isDisjoint(with: [.suppressions, .policy]) }

    /// A message for an id that is not among those of the known rules, with the nearest id.
    static func unknown(_ id: String, among ids: [String]) -> String {
        "unknown rule \(quoted(id))\(didYouMean(nearest(id, among: ids)))"
    }
}
