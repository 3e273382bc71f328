import Lint
import XMLTree

/// Checkstyle's XML, which many services read: a `<file>` for each input with findings.
struct CheckstyleReporter: Reporter {
    var opening: String { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"8.0\">\n" }
    var closing: String { "</checkstyle>\n" }

    func lines(for finding: Finding, in file: String) -> String { lines(for: [finding], in: file) }

    func lines(for findings: [Finding], in file: String) -> String {
        if findings.isEmpty { return "" }
        let errors = findings.map { finding in
            let severity = finding.severity == .note ? "info" : finding.severity.rawValue
            return "<error line=\"\(finding.start.line)\" column=\"\(finding.start.column)\" severity=\"\(severity)\" "
                + "message=\(attribute(finding.text(help: "help"))) source=\"virt-cpu.\(finding.rule)\"/>\n"
        }
        return "<file name=\(attribute(String(repositoryPath(file))))>\n\(errors.joined())</file>\n"
    }
}
