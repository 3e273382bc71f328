import Lint

/// GitLab's code quality report: a JSON array in the form of Code Climate.
struct GitLabReporter: Reporter {
    var opening: String { "[" }
    var separator: String { ",\n " }
    var closing: String { "]\n" }

    func lines(for finding: Finding, in file: String) -> String {
        let path = String(repositoryPath(file))
        let severity = switch finding.severity {
        case .error: "critical"
        case .warning: "major"
        case .note: "info"
        }
        // GitLab shows one of several issues with one fingerprint.
        let fingerprint = finding.fingerprint + String(FNV1a("\(path)\0\(finding.message)".utf8).value, radix: 16)
        let issue: JSONValue = [
            "description": JSONValue(finding.text(help: "Help")), "check_name": JSONValue(finding.rule), "fingerprint": JSONValue(fingerprint),
            "severity": JSONValue(severity),
            "location": ["path": JSONValue(path), "lines": ["begin": JSONValue(finding.start.line), "end": JSONValue(finding.end.line)]],
        ]
        return issue.text
    }
}
