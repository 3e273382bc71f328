import Lint
import Reports

/// The table of rules, in `README.md` and at the top of `docs/rules.md`.
enum RuleTable {
    /// - Parameter linksToSections: link each rule to its section on the same page.
    static func text(of rules: [Rule], linksToSections: Bool = false) -> String {
        let rows = rules.map { rule in
            let name = linksToSections ? "[`\(rule.id)`](#\(rule.id))" : "`\(rule.id)`"
            let tags = rule.tagsInOrder.map(\.rawValue).joined(separator: ", ")
            return "| \(name) | \(rule.severity.rawValue) | \(tags) | \(MarkdownText.cell(rule.summary)) |\n"
        }
        return "| rule | severity | tags | finds |\n|---|---|---|---|\n" + rows.joined()
    }
}
