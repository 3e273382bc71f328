/// How bad a finding is.
public enum Severity: String, Comparable, Sendable, CaseIterable {
    /// From least to worst; policies and `--rule` have the same words.
    case note, warning, error

    /// Less bad.
    public static func < (a: Severity, b: Severity) -> Bool {
        a.rank < b.rank
    }

    private var rank: Int {
        switch self {
        case .note: 0
        case .warning: 1
        case .error: 2
        }
    }
}

/// The findings that anybody will see or count.
public enum WantedFindings: Equatable, Sendable {
    /// `atLeast` includes the severity itself.
    case all, atLeast(Severity), none

    func includes(_ severity: Severity) -> Bool {
        switch self {
        case .all: true
        case .atLeast(let least): severity >= least
        case .none: false
        }
    }
}

/// What a policy or `--rule` makes of a rule.
public enum RuleSetting: Equatable, Sendable, CustomStringConvertible {
    /// The rule is not run.
    case off
    /// All that the rule finds is this bad, whatever the rule says.
    case at(Severity)

    /// The words, most severe first, as messages list them.
    public static let words = ["error", "warning", "note", "off"]

    /// From one of `words`, or nil. YAML 1.1's other booleans (`no`, `false`) are not `off`.
    public init?(_ word: String) {
        if word == "off" {
            self = .off
        } else if let severity = Severity(rawValue: word) {
            self = .at(severity)
        } else {
            return nil
        }
    }

    /// One of `words`.
    public var description: String {
        switch self {
        case .off: "off"
        case .at(let severity): severity.rawValue
        }
    }

    /// The word that was probably meant by one that is none.
    static func suggestion(for word: String) -> String? {
        ["false", "no", "none", "disable", "disabled"].contains(word) ? "off" : nearest(word, among: words)
    }
}
