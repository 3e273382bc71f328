public import DomainXML

/// A definition that shows what a rule finds, or a similar one in which it finds nothing.
///
/// `virt-cpu explain` prints the examples, and the tests judge them.
public struct RuleExample: Sendable {
    /// What the rule finds in a bad example: nothing else, and only once.
    public struct ExpectedFinding: Sendable, Equatable {
        /// Where the finding starts in `xml`.
        public var place: SourcePosition
        /// The whole message.
        public var message: String

        /// - Parameters:
        ///   - place: where the finding starts.
        ///   - message: the whole message.
        public init(place: SourcePosition, message: String) {
            self.place = place
            self.message = message
        }
    }

    /// One line that says what the example shows, without a full stop.
    public var title: String
    /// What the rule finds; nil for a good example.
    public var finding: ExpectedFinding?
    /// A domain with no more in it than the rule needs; for a rule about policies, a policy.
    public var xml: String
    /// The earlier version of the domain or the policy, for rules about changes; otherwise nil.
    public var before: String?
    /// The text of the policy file by which the domain is judged.
    public var policy: String
    /// The hosts that must run the domain.
    public var hosts: [ExampleHost]

    /// `xml` and `before` are policies, and not domains.
    public var isPolicy = false

    /// The rule finds something.
    public var isBad: Bool { finding != nil }

    /// Stands in the text of a bad example, right before the place where the finding starts. It is not part of `xml`.
    public static let marker: Character = "↓"
    /// A policy that keeps every CPU, for rules that do not depend on the policy.
    public static let keepingPolicy = "default: keep"

    /// A definition in which the rule finds something.
    ///
    /// - Parameters:
    ///   - title: one line that says what the example shows, without a full stop.
    ///   - message: the whole message of the finding.
    ///   - policy: the text of the policy file by which the domain is judged.
    ///   - hosts: the hosts that must run the domain.
    ///   - before: the earlier version of the domain, for rules about changes.
    ///   - guest: the domain. It must contain exactly one `marker`; otherwise the program ends.
    public static func bad(
        _ title: String, finds message: String, policy: String = keepingPolicy, hosts: [ExampleHost] = [],
        before: ExampleGuest? = nil, _ guest: ExampleGuest
    ) -> RuleExample {
        let (text, place) = unmarked(guest.xml, in: title)
        return RuleExample(
            title: title, finding: ExpectedFinding(place: place, message: message), xml: text,
            before: before?.xml, policy: policy, hosts: hosts)
    }

    /// A policy that is weaker than the one before.
    ///
    /// - Parameters:
    ///   - message: the whole message of the finding.
    ///   - before: the earlier policy.
    ///   - policy: the policy. It must contain exactly one `marker`; otherwise the program ends.
    static func weaker(_ title: String, finds message: String, before: String, _ policy: String) -> RuleExample {
        let (text, place) = unmarked(policy, in: title)
        return RuleExample(
            title: title, finding: ExpectedFinding(place: place, message: message), xml: text, before: before, policy: keepingPolicy,
            hosts: [], isPolicy: true)
    }

    /// A policy that is not weaker than the one before.
    static func notWeaker(_ title: String, before: String, _ policy: String) -> RuleExample {
        RuleExample(title: title, finding: nil, xml: policy, before: before, policy: keepingPolicy, hosts: [], isPolicy: true)
    }

    private static func unmarked(_ text: String, in title: String) -> (text: String, place: SourcePosition) {
        let parts = text.split(separator: marker, omittingEmptySubsequences: false)
        precondition(parts.count == 2, "the example '\(title)' needs one \(marker) before the place of the finding")
        let lines = parts[0].split(separator: "\n", omittingEmptySubsequences: false)
        return (parts.joined(), SourcePosition(line: lines.count, column: lines[lines.count - 1].unicodeScalars.count + 1))
    }

    /// A definition in which the rule finds nothing.
    ///
    /// - Parameters:
    ///   - title: one line that says what the example shows, without a full stop.
    ///   - policy: the text of the policy file by which the domain is judged.
    ///   - hosts: the hosts that must run the domain.
    ///   - before: the earlier version of the domain, for rules about changes.
    ///   - guest: the domain.
    public static func good(
        _ title: String, policy: String = keepingPolicy, hosts: [ExampleHost] = [], before: ExampleGuest? = nil,
        _ guest: ExampleGuest
    ) -> RuleExample {
        RuleExample(title: title, finding: nil, xml: guest.xml, before: before?.xml, policy: policy, hosts: hosts)
    }
}
