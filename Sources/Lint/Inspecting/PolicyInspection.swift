import DomainXML

/// A policy and the one before it, that rules about policies look at, and the findings that they report.
final class PolicyInspection {
    /// A finding, and which of the policy's documents it is in. Without a policy, it is in the earlier policy's file.
    typealias Placed = (finding: Finding, document: Int)

    let comparison: PolicyComparison
    private let rule: Rule
    private let setting: RuleSetting?
    private(set) var findings: [Placed] = []
    private var omitted = 0

    init(_ comparison: PolicyComparison, _ rule: Rule, _ setting: RuleSetting?) {
        self.comparison = comparison
        self.rule = rule
        self.setting = setting
    }

    /// Reports a finding of the rule.
    ///
    /// - Parameters:
    ///   - place: in the new policy; what is stated nowhere there is reported at its beginning.
    ///   - help: what to do about it, in one line.
    func report(at place: PolicyPlace, _ message: String, help: String) {
        guard findings.count < Inspection.limit else {
            omitted += 1
            findings[findings.count - 1].finding.notes = ["\(omitted) more findings of this rule are not shown"]
            return
        }
        let severity = setting?.severity(rule.severity) ?? rule.severity
        let new = comparison.new
        let documents = new.documents.isEmpty ? comparison.old.documents : new.documents
        let found = new.place(of: place) ?? (0, 1, 1, 0)
        // What a profile states stands in no file.
        let (document, line, column, length) = documents.indices.contains(found.document) ? found : (0, 1, 1, 0)
        let text = documents.isEmpty ? "" : documents[document].line(line)
        let end = length == 0 ? max(column, text.unicodeScalars.count) + 1 : column + length
        let finding = Finding(
            rule: rule.id, severity: severity, message: shortened(message), notes: [], help: help, hosts: [],
            span: ByteRange(0, 0), start: SourcePosition(line: line, column: column), end: SourcePosition(line: line, column: end),
            sourceLine: shortened(text), sourceOffset: column - 1, domainName: nil, domainUUID: nil, edits: [], isFixed: false)
        findings.append((finding, document))
    }
}
