import Lint

/// Annotations of a GitHub workflow.
struct GitHubReporter: Reporter {
    func lines(for finding: Finding, in file: String) -> String {
        let command = finding.severity == .note ? "notice" : finding.severity.rawValue
        var properties = [
            ("file", file), ("line", "\(finding.start.line)"), ("col", "\(finding.start.column)"),
            ("endLine", "\(finding.end.line)"),
        ]
        if finding.end.line == finding.start.line { properties.append(("endColumn", "\(finding.end.column)")) }
        properties.append(("title", finding.rule))
        let list = properties.map { "\($0.0)=\(escaped($0.1, inProperty: true))" }.joined(separator: ",")
        return "::\(command) \(list)::\(escaped(finding.text(help: "help"), inProperty: false))\n"
    }

    /// GitHub shows an annotation without a file with the whole run.
    func lines(for problem: Problem) -> String {
        guard let file = problem.file else {
            return "::error title=\(Problem.id)::\(escaped(problem.finding.text(help: "help"), inProperty: false))\n"
        }
        return lines(for: problem.finding, in: file)
    }

    /// Escapes as GitHub's toolkit does (`escapeData` and `escapeProperty`). GitHub has no escape for other control
    /// characters, and people read the log on terminals, so `printable` replaces them.
    private func escaped(_ text: String, inProperty: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case ":" where inProperty: result += "%3A"
            case "," where inProperty: result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return printable(result)
    }
}
