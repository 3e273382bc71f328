import Lint

/// `FILE:LINE:COLUMN: severity: message [rule]`, one line for each finding.
struct ConciseReporter: Reporter {
    /// State the domain's name with each finding, because the input is not a file of its own.
    var namesDomains: Bool

    func lines(for finding: Finding, in file: String) -> String {
        let word = finding.isFixed && finding.isFixable ? "fixed" : finding.severity.rawValue
        let name = namesDomains ? finding.domainName.map { " (domain \(printable($0)))" } ?? "" : ""
        return "\(printable(file)):\(finding.start.line):\(finding.start.column): \(word): \(printable(finding.message))\(name) [\(finding.rule)]\n"
    }
}
