/// How serious a finding is.
public enum Severity: String, Comparable, Sendable, CaseIterable {
    /// In ascending order. Policies and `--rule` use the same words.
    case note, warning, error

    /// Whether `a` is less serious than `b`.
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
