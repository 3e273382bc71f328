/// The findings that somebody will print or count. No other findings are created.
public enum WantedFindings: Equatable, Sendable {
    /// Findings of every severity.
    case all
    /// Findings of this severity and of worse ones.
    case atLeast(Severity)
    /// No findings.
    case none

    /// Whether findings of this severity are wanted.
    func includes(_ severity: Severity) -> Bool {
        switch self {
        case .all: true
        case .atLeast(let least): severity >= least
        case .none: false
        }
    }
}
