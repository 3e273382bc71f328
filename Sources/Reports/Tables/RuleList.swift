import Lint

/// The rules, one per line under the heading of their tag: id, severity, summary.
package enum RuleList {
    /// A rule with several tags is listed under the first of them.
    package static func text(_ rules: [Rule]) -> String {
        let idWidth = rules.map(\.id.count).max() ?? 0
        let severityWidth = Severity.allCases.map(\.rawValue.count).max() ?? 0
        let groups = Dictionary(grouping: rules) { $0.tagsInOrder.first }
        return RuleTag.allCases.compactMap { tag -> String? in
            guard let rules = groups[tag] else { return nil }
            let lines = rules.map { rule in
                "  \(padded(rule.id, to: idWidth))  \(padded(rule.severity.rawValue, to: severityWidth))  "
                    + "\(rule.summary)\n"
            }
            return "tag:\(tag.rawValue): \(tag.meaning)\n" + lines.joined()
        }.joined(separator: "\n")
    }

    /// An object for each rule.
    package static func json(_ rules: [Rule]) -> [JSONValue] {
        rules.map { rule in
            let value: JSONValue = [
                "rule": JSONValue(rule.id), "severity": JSONValue(rule.severity.rawValue),
                "tags": JSONValue(rule.tagsInOrder.map(\.rawValue)), "summary": JSONValue(rule.summary),
                "explanation": JSONValue(rule.explanation), "url": JSONValue(Program.page(of: rule.id)),
            ]
            return value.described(by: "explain")
        }
    }
}
