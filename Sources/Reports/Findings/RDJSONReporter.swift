import Lint

/// reviewdog's diagnostic format (`DiagnosticResult`), whose columns count UTF-8 bytes.
struct RDJSONReporter: Reporter {
    /// The address of the project; nil if there is none.
    var homepage = Program.homepage

    var opening: String { "{\"source\":{\"name\":\"virt-cpu\"},\"diagnostics\":[\n" }
    var separator: String { ",\n" }
    var closing: String { "\n]}\n" }

    func lines(for finding: Finding, in file: String) -> String {
        let severity = switch finding.severity {
        case .error: "ERROR"
        case .warning: "WARNING"
        case .note: "INFO"
        }
        var code: JSONValue = ["value": JSONValue(finding.rule)]
        if let page = Program.page(of: finding.rule, below: homepage) { code.add(["url": JSONValue(page)]) }
        let diagnostic: JSONValue = [
            "message": JSONValue(finding.text(help: "Help")),
            "location": ["path": JSONValue(String(repositoryPath(file))), "range": range(of: finding)],
            "severity": JSONValue(severity), "code": code,
        ]
        return diagnostic.text
    }

    private func range(of finding: Finding) -> JSONValue {
        let line = finding.sourceLine.unicodeScalars
        // Of a long line, only a part is known, and the bytes before it are not.
        guard finding.sourceOffset == finding.start.column - 1, let start = bytes(of: line, before: finding.start.column) else {
            return ["start": ["line": JSONValue(finding.start.line)]]
        }
        let opening: JSONValue = ["line": JSONValue(finding.start.line), "column": JSONValue(start)]
        guard finding.end.line == finding.start.line, let end = bytes(of: line, before: finding.end.column) else {
            return ["start": opening]
        }
        return ["start": opening, "end": ["line": JSONValue(finding.end.line), "column": JSONValue(end)]]
    }

    /// The column in bytes of a column in Unicode scalars; nil behind the end of the line.
    private func bytes(of line: String.UnicodeScalarView, before column: Int) -> Int? {
        guard column - 1 <= line.count else { return nil }
        return 1 + line.prefix(column - 1).reduce(0) { $0 + UTF8.width($1) }
    }
}
