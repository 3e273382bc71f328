import Lint

/// The rules, one per line: id, severity, summary.
package enum RuleList {
    package static func text(_ rules: [Rule]) -> String {
        let idWidth = rules.map(\.id.count).max() ?? 0
        let severityWidth = Severity.allCases.map(\.rawValue.count).max() ?? 0
        return rules.map { rule in
            "\(padded(rule.id, to: idWidth))  \(padded(rule.severity.rawValue, to: severityWidth))  \(rule.summary)\n"
        }.joined()
    }
}
