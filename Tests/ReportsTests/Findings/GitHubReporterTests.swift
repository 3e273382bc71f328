import DomainXML
import Reports
import Testing

@testable import Lint

@Suite("Findings as GitHub annotations")
struct GitHubReporterTests {
    private func text(_ finding: Finding, in file: String = "a.xml") -> String {
        ReportFormat.github.reporter(isColored: true, namesDomains: true).lines(for: finding, in: file)
    }

    @Test("A workflow command with place and rule, notes and help behind the message")
    func whole() {
        #expect(text(.example) == """
            ::warning file=a.xml,line=4,col=3,endLine=4,endColumn=13,title=host-passthrough::\
            the CPU is the host's%0Afirst note%0Asecond note%0Ahelp: name a model

            """)
    }

    @Test("GitHub calls a note a notice", arguments: [(Severity.error, "error"), (.warning, "warning"), (.note, "notice")])
    func severities(_ severity: Severity, _ command: String) {
        #expect(text(.example.with { $0.severity = severity }).hasPrefix("::\(command) file="))
    }

    @Test("A finding over several lines states no columns for its end, which GitHub would refuse")
    func severalLines() {
        #expect(text(.example.with { $0.end.line = 6 }).hasPrefix("::warning file=a.xml,line=4,col=3,endLine=6,title="))
    }

    @Test("Percent signs and line ends are escaped everywhere, colons and commas in properties")
    func escapes() {
        let finding = Finding.example.with {
            $0.message = "100% a,b:c\r\nd"
            $0.notes = []
            $0.help = nil
        }
        #expect(text(finding, in: "x,y:z%\n.xml") == """
            ::warning file=x%2Cy%3Az%25%0A.xml,line=4,col=3,endLine=4,endColumn=13,title=host-passthrough::\
            100%25 a,b:c%0D%0Ad

            """)
    }

    @Test("Other control characters are made printable, since GitHub has no escape for them")
    func controls() {
        #expect(text(.example.with { $0.message = "a\u{1b}b" }, in: "\u{9b}.xml").hasPrefix("::warning file=\u{fffd}.xml,"))
        #expect(text(.example.with { $0.message = "a\u{1b}b" }).contains("::a\u{241b}b%0A"))
    }
}
