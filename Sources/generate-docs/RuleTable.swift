import Lint
import Reports

/// The rules' table in `README.md`.
enum RuleTable {
    static func text(of rules: [Rule]) -> String {
        let rows = rules.map { rule in
            let tags = rule.tagsInOrder.map(\.rawValue).joined(separator: ", ")
            return "| `\(rule.id)` | \(rule.severity.rawValue) | \(tags) | \(MarkdownText.cell(rule.summary)) |\n"
        }
        return "| rule | severity | tags | finds |\n|---|---|---|---|\n" + rows.joined()
    }
}
