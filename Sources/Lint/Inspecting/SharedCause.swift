/// Two rules that report one cause. A guest gets one finding of it, that of the rule that says more.
struct SharedCause: Sendable {
    /// The rule whose finding becomes a note of the other one.
    var yielding: String
    /// The rule whose finding stays.
    var kept: String
    /// The note also has the help of the finding that becomes one.
    var keepsHelp = false
    /// Whether both findings have one cause in a guest.
    var applies: @Sendable (Inspection) -> Bool = { _ in true }
}

extension [SharedCause] {
    /// The findings of a guest, those with one cause merged. A finding stays as it is if the other rule found nothing, for
    /// example because it is switched off, and if it is more severe than the other one.
    func merged(_ findings: [Finding], of inspection: Inspection) -> [Finding] {
        guard findings.count > 1 else { return findings }
        var findings = findings
        for cause in self {
            guard let kept = findings.firstIndex(where: { $0.rule == cause.kept }),
                findings.contains(where: { $0.rule == cause.yielding }), cause.applies(inspection)
            else { continue }
            let severity = findings[kept].severity
            let isMerged = { (finding: Finding) in finding.rule == cause.yielding && finding.severity <= severity }
            findings[kept].notes += findings.filter(isMerged).map { finding in
                let help = cause.keepsHelp ? finding.help.map { "; \($0)" } ?? "" : ""
                return "\(finding.message) [\(finding.rule)]\(help)"
            }
            for finding in findings where isMerged(finding) {
                findings[kept].verdicts += finding.verdicts
                findings[kept].moves += finding.moves
            }
            findings.removeAll(where: isMerged)
        }
        return findings
    }
}
