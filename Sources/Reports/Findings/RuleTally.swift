import Lint

/// How many findings each rule has, and how many of them a fix mends.
package struct RuleTally: Sendable {
    private struct Row: Sendable {
        var rule: String
        var findings = 0
        var errors = 0
        var fixable = 0
    }

    /// Few rules find something in one run, so that a list is enough.
    private var rows: [Row] = []

    package init() {}

    package mutating func add(_ finding: Finding) { add(Row(rule: finding.rule, findings: 1, errors: finding.severity == .error ? 1 : 0, fixable: finding.isFixable ? 1 : 0)) }

    package mutating func add(_ other: RuleTally) { other.rows.forEach { add($0) } }

    private mutating func add(_ row: Row) {
        if let index = rows.firstIndex(where: { $0.rule == row.rule }) {
            rows[index].findings += row.findings
            rows[index].errors += row.errors
            rows[index].fixable += row.fixable
        } else {
            rows.append(row)
        }
    }

    /// The rules with errors first, then those with the most findings; of equally many, in alphabetical order.
    private var ordered: [Row] { rows.sorted { ($1.errors, $1.findings, $0.rule) < ($0.errors, $0.findings, $1.rule) } }

    /// A line for each rule: how many findings it has, how many of them are errors, how many `--fix` mends, and what the rule is
    /// about.
    package var table: String {
        let width = rows.map(\.rule.count).max() ?? 0
        let hasErrors = rows.contains { $0.errors > 0 }
        let lines = ordered.map { row in
            let number = String(repeating: " ", count: max(7 - "\(row.findings)".count, 0)) + "\(row.findings)"
            let errors = !hasErrors ? "" : padded(row.errors == 0 ? "" : count(row.errors, "error"), to: 13)
            let fixes = padded(row.fixable == 0 ? "" : "\(row.fixable) by --fix", to: 17)
            return "\(number)  \(padded(row.rule, to: width))  \(errors)\(fixes)\(Rule.named(row.rule)?.summary ?? "")\n"
        }
        return lines.joined()
    }

    /// One line about the rules with errors, and those with the most other findings: `errors: unknown-model (2); most often
    /// check-none (40), host-passthrough (12)`.
    package var most: String {
        let errors = ordered.filter { $0.errors > 0 }, others = ordered.filter { $0.findings > $0.errors }
            .sorted { ($1.findings - $1.errors, $0.rule) < ($0.findings - $0.errors, $1.rule) }
        var parts: [String] = []
        if !errors.isEmpty { parts.append("errors: " + listing(errors.map { "\($0.rule) (\($0.errors))" }, upTo: 3)) }
        if !others.isEmpty {
            let words = others.prefix(3).map { "\($0.rule) (\($0.findings - $0.errors))" }.joined(separator: ", ")
            parts.append((errors.isEmpty ? "most often " : "others, most often ") + words)
        }
        return parts.joined(separator: "; ")
    }

    /// How many findings `--fix` mends.
    package var fixable: Int { rows.reduce(0) { $0 + $1.fixable } }
}
