/// How a policy or `--rule` changes a rule. Ordered by strictness: `off` is the least strict setting.
public enum RuleSetting: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The rule is not run.
    case off
    /// All findings of the rule have this severity, whatever the rule itself states.
    case at(Severity)

    /// The words for settings, strictest first, as messages list them.
    public static let words = ["error", "warning", "note", "off"]

    /// Reads one of `words`; nil for any other word. `no` and `false`, which YAML 1.1 takes for the same as `off`, are
    /// not accepted.
    public init?(_ word: String) {
        if word == "off" {
            self = .off
        } else if let severity = Severity(rawValue: word) {
            self = .at(severity)
        } else {
            return nil
        }
    }

    /// The severity that a finding gets, in place of the rule's own.
    func severity(_ own: Severity) -> Severity { if case .at(let stated) = self { stated } else { own } }

    /// One of `words`.
    public var description: String {
        switch self {
        case .off: "off"
        case .at(let severity): severity.rawValue
        }
    }

    /// The word that an unknown one most likely means.
    package static func suggestion(for word: String) -> String? {
        ["false", "no", "none", "disable", "disabled"].contains(word) ? "off" : nearest(word, among: words)
    }
}
