import Lint

/// One JSON object per line.
struct JSONLinesReporter: Reporter {
    func lines(for finding: Finding, in file: String) -> String { JSONValue(finding, in: file).text + "\n" }
}

extension JSONValue {
    /// A problem, in the form of a finding.
    package init(_ problem: Problem) { self.init(problem.finding, in: problem.place) }

    /// A finding, with the fields that Examples/findings.schema.json documents.
    package init(_ finding: Finding, in file: String) {
        let value: JSONValue = [
            "file": JSONValue(file),
            "line": JSONValue(finding.start.line),
            "column": JSONValue(finding.start.column),
            "endLine": JSONValue(finding.end.line),
            "endColumn": JSONValue(finding.end.column),
            "rule": JSONValue(finding.rule),
            "severity": JSONValue(finding.severity.rawValue),
            "message": JSONValue(finding.message),
            "domain": ["name": JSONValue(finding.domainName), "uuid": JSONValue(uuid: finding.domainUUID)],
            "host": JSONValue(finding.host),
            "hosts": JSONValue(finding.hosts),
            "notes": JSONValue(finding.notes),
            "help": JSONValue(finding.help),
            "fixable": JSONValue(finding.isFixable),
            "fixed": JSONValue(finding.isFixed),
            "verdicts": .array(finding.verdicts.map { JSONValue($0) }), "moves": .array(finding.moves.map { JSONValue($0) }),
        ]
        self = value.described(by: "findings")
    }
}
