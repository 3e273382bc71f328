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
    /// A domain with no more in it than the rule needs.
    public var xml: String
    /// The earlier version of the domain, for rules about changes; otherwise nil.
    public var before: String?
    /// The text of the policy file by which the domain is judged.
    public var policy: String
    /// The hosts that must run the domain.
    public var hosts: [ExampleHost]

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
        let parts = guest.xml.split(separator: marker, omittingEmptySubsequences: false)
        precondition(parts.count == 2, "the example '\(title)' needs one \(marker) before the place of the finding")
        let lines = parts[0].split(separator: "\n", omittingEmptySubsequences: false)
        let place = SourcePosition(line: lines.count, column: lines[lines.count - 1].unicodeScalars.count + 1)
        return RuleExample(
            title: title, finding: ExpectedFinding(place: place, message: message), xml: parts.joined(),
            before: before?.xml, policy: policy, hosts: hosts)
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
