import DomainXML
import Lint
import Reports

/// The diagnostics of a document (LSP 3.17, `Diagnostic`).
enum Diagnostics {
    /// - Parameter document: judged.
    static func all(of document: OpenDocument) -> [JSONValue] {
        guard let report = document.report else { return [] }
        return report.findings.map { diagnostic(of: $0, in: document) } + report.problems.map { diagnostic(of: $0, in: document) }
    }

    static func diagnostic(of finding: Finding, in document: OpenDocument) -> JSONValue {
        let severity = switch finding.severity {
        case .error: 1
        case .warning: 2
        case .note: 3
        }
        return diagnostic(range(of: finding, in: document), severity, finding.rule, finding.text(help: "Help"), in: document)
    }

    /// The bytes that a finding is about.
    static func range(of finding: Finding, in document: OpenDocument) -> Range<Int> {
        let count = document.text.bytes.count
        let start = min(finding.span.start, count)
        return start..<max(start, min(finding.span.end, count))
    }

    private static func diagnostic(of problem: Problem, in document: OpenDocument) -> JSONValue {
        let message = ([problem.message] + (problem.help.map { ["Help: \($0)"] } ?? [])).joined(separator: "\n")
        guard let file = problem.file, document.kind == .definition || file != document.path?.string else {
            return diagnostic(range(of: problem.position, orKey: "hosts:", in: document), 1, Problem.id, message, in: document)
        }
        // The problem stands in another file: in the policy, in one that it extends, or in a host's.
        let text = "\(file)\(problem.position.map { ":\($0)" } ?? ""): \(message)"
        let key = file.hasSuffix(".yaml") || file.hasSuffix(".yml") ? "extends:" : "hosts:"
        return diagnostic(
            range(of: nil, orKey: key, in: document), 1, Problem.id, document.kind == .definition ? "not judged: \(text)" : text,
            in: document)
    }

    /// The word at a place; without a place, the line of the policy's key that is to blame, or the first line.
    private static func range(of place: SourcePosition?, orKey key: String, in document: OpenDocument) -> Range<Int> {
        let text = document.text
        guard let place else {
            let line = (0..<text.lineCount).first { text.bytes[text.line($0)].starts(with: key.utf8) }
            return text.line(document.kind == .policy ? line ?? 0 : 0)
        }
        let start = text.offset(of: place, endsAtFeeds: document.kind == .definition)
        let line = text.line(text.line(of: start))
        var end = start
        while end < line.upperBound, !" \t<>,]}:".utf8.contains(text.bytes[end]) || end == start { end += 1 }
        while end < line.upperBound, text.bytes[end] & 0xc0 == 0x80 { end += 1 }
        return start..<max(start, end)
    }

    private static func diagnostic(
        _ range: Range<Int>, _ severity: Int, _ code: String, _ message: String, in document: OpenDocument
    ) -> JSONValue {
        var diagnostic: JSONValue = [
            "range": document.text.json(range), "severity": JSONValue(severity), "code": JSONValue(code), "source": "virt-cpu",
            "message": JSONValue(printableLines(message)),
        ]
        if let page = Program.page(of: code) { diagnostic.add(["codeDescription": ["href": JSONValue(page)]]) }
        return diagnostic
    }

    /// Several lines, each safe to show.
    private static func printableLines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }.joined(separator: "\n")
    }
}
