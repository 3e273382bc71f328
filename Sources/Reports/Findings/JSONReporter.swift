import Lint

/// One JSON array of all findings.
struct JSONReporter: Reporter {
    var opening: String { "[" }
    var separator: String { ",\n " }
    var closing: String { "]\n" }
    func lines(for finding: Finding, in file: String) -> String { JSONValue(finding, in: file).text }
}
