import Lint
import XMLTree

/// JUnit's XML, as CI systems show it: a suite for each input with findings, a failed test for each error or warning. A note
/// is a test that passed and has output. What could not be judged is a test with an error.
struct JUnitReporter: Reporter {
    var opening: String { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"virt-cpu\">\n" }
    var closing: String { "</testsuites>\n" }
    /// A test that passed, because CI systems call a report without tests broken.
    var nothing: String {
        "<testsuite name=\"virt-cpu\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\" time=\"0\">\n<testcase classname=\"virt-cpu\" name=\"check\" "
            + "time=\"0\"/>\n</testsuite>\n"
    }

    func lines(for finding: Finding, in file: String) -> String { lines(for: [finding], in: file) }

    func lines(for findings: [Finding], in file: String) -> String {
        if findings.isEmpty { return "" }
        let path = String(repositoryPath(file))
        let errors = findings.count { isError($0) }
        let failures = findings.count { isFailure($0) }
        return "<testsuite name=\(attribute(path)) tests=\"\(findings.count)\" failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"0\" time=\"0\">\n"
            + findings.map { test($0, path) }.joined() + "</testsuite>\n"
    }

    private func isError(_ finding: Finding) -> Bool { finding.rule == Problem.id }
    private func isFailure(_ finding: Finding) -> Bool { !isError(finding) && !finding.isFixed && finding.severity > .note }

    private func test(_ finding: Finding, _ path: String) -> String {
        let domain = finding.domainName.map { " (\($0))" } ?? ""
        let place = "\(path):\(finding.start.line):\(finding.start.column)"
        let text = content("\(place): \(finding.severity.rawValue): \(finding.text(help: "help"))")
        let attributes = "message=\(attribute(finding.message)) type=\"\(finding.severity.rawValue)\""
        let result =
            isError(finding) ? "<error \(attributes)>\(text)</error>"
            : isFailure(finding) ? "<failure \(attributes)>\(text)</failure>" : "<system-out>\(text)</system-out>"
        return "<testcase classname=\(attribute(path)) name=\(attribute("\(finding.rule), line \(finding.start.line)\(domain)")) time=\"0\">\(result)</testcase>\n"
    }
}
