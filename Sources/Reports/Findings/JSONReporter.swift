import Lint

/// One JSON array of all findings.
struct JSONReporter: Reporter {
    var opening: String { JSONForm.json.opening }
    var separator: String { JSONForm.json.separator }
    var closing: String { JSONForm.json.closing }
    func lines(for finding: Finding, in file: String) -> String { JSONValue(finding, in: file).text }
}
