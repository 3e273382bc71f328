/// Findings about one CPU that have one cause and one remedy: it follows the host, or is not the default. Under the profile
/// `cluster`, which asks for a default, they would all be reported for each new guest, so they become one finding.
enum JoinedFindings {
    /// The rules, those first whose message says most.
    private static let rules = [
        Rule.hostPassthrough, .hostModelMigration, .windowsUnstableCPU, .windowsRewriteWithheld, .cpuNotDefault,
    ].map(\.id)

    /// The findings of a domain with those of one cause joined: the most severe one stays, the others become its notes, and
    /// their fix its own.
    static func join(_ findings: [Finding]) -> [Finding] {
        var joined: [Finding] = []
        for finding in findings {
            guard rules.contains(finding.rule),
                let index = joined.firstIndex(where: { $0.span == finding.span && rules.contains($0.rule) })
            else {
                joined.append(finding)
                continue
            }
            let other = joined[index]
            let isBetter = finding.severity > other.severity
                || finding.severity == other.severity && rank(of: finding) < rank(of: other)
            joined[index] = isBetter ? join(other, to: finding) : join(finding, to: other)
        }
        return joined
    }

    private static func rank(of finding: Finding) -> Int { rules.firstIndex(of: finding.rule) ?? rules.count }

    private static func join(_ lesser: Finding, to finding: Finding) -> Finding {
        var finding = finding
        finding.notes.append("\(lesser.message) [\(lesser.rule)]")
        finding.notes += lesser.notes.filter { !finding.notes.contains($0) }
        if !finding.isFixable, lesser.isFixable { (finding.edits, finding.help) = (lesser.edits, lesser.help) }
        return finding
    }
}
