import Lint
import Reports

/// The rules' table in `README.md`.
enum RuleTable {
    static func text(of rules: [Rule]) -> String {
        let rows = rules.map { "| `\($0.id)` | \($0.severity.rawValue) | \(MarkdownText.cell($0.summary)) |\n" }
        return "| rule | severity | finds |\n|---|---|---|\n" + rows.joined()
    }
}
