import Lint
import Reports

/// What there is to say about the text that an editor holds of a file.
package struct OpenFileReport: Sendable {
    /// What `check` would print for the file.
    package var findings: [Finding] = []
    /// What keeps the file from being judged: malformed XML, a broken policy, a host that does not answer.
    package var problems: [Problem] = []

    package init(findings: [Finding] = [], problems: [Problem] = []) {
        self.findings = findings
        self.problems = problems
    }
}
