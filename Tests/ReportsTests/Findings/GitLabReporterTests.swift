import Reports
import TestSupport
import Testing

@testable import Lint

@Suite("Findings as GitLab's code quality report")
struct GitLabReporterTests {
    private func issue(_ finding: Finding, in file: String = "a.xml") throws -> JSON {
        try JSON(ReportFormat.gitlab.reporter(isColored: true, namesDomains: true).lines(for: finding, in: file))
    }

    @Test("An issue has description, rule, fingerprint, severity, path and lines")
    func whole() throws {
        let issue = try issue(.example.with { $0.end.line = 6 }, in: "././vms/a.xml")
        #expect(issue.names == ["description", "check_name", "fingerprint", "severity", "location"])
        #expect(issue["description"] == .string("the CPU is the host's\nfirst note\nsecond note\nHelp: name a model"))
        #expect(issue["check_name"] == .string("host-passthrough"))
        #expect(issue["location"]?["path"] == .string("vms/a.xml"))
        #expect(issue["location"]?["lines"]?["begin"] == .number(4) && issue["location"]?["lines"]?["end"] == .number(6))
    }

    @Test("The severities are GitLab's", arguments: [(Severity.error, "critical"), (.warning, "major"), (.note, "info")])
    func severities(_ severity: Severity, _ word: String) throws {
        #expect(try issue(.example.with { $0.severity = severity })["severity"] == .string(word))
    }

    @Test("Two issues have two fingerprints; an issue that moved down keeps its own")
    func fingerprints() throws {
        func fingerprint(_ file: String = "a.xml", _ change: (inout Finding) -> Void = { _ in }) throws -> JSON? {
            try issue(.example.with(change), in: file)["fingerprint"]
        }
        let one = try fingerprint()
        #expect(try fingerprint { $0.start.line = 80 } == one)
        #expect(try fingerprint("b.xml") != one)
        #expect(try fingerprint { $0.message = "another" } != one)
        #expect(try fingerprint { $0.rule = "check-none" } != one)
    }

    @Test("A report is one array")
    func array() throws {
        let reporter = ReportFormat.gitlab.reporter(isColored: false, namesDomains: false)
        let text = reporter.opening + reporter.lines(for: [.example, .example], in: "a.xml") + reporter.separator
            + reporter.lines(for: Problem(file: "b.xml", message: "bad")) + reporter.closing
        let issues = try JSON(text.replacing("\n ", with: "").replacing("\n", with: "")).items
        #expect(issues.map { $0["check_name"] } == [.string("host-passthrough"), .string("host-passthrough"), .string("not-judged")])
    }
}
