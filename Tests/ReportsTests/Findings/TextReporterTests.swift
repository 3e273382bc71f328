import DomainXML
import Reports
import Testing

@testable import Lint

@Suite("Findings as text")
struct TextReporterTests {
    private func text(_ finding: Finding, in file: String = "a.xml", isColored: Bool = false, namesDomains: Bool = false) -> String {
        ReportFormat.text.reporter(isColored: isColored, namesDomains: namesDomains).lines(for: finding, in: file)
    }

    @Test("Place, severity, message and rule; the source line with the place marked; notes and help")
    func whole() {
        #expect(text(.example) == """
            a.xml:4:3: warning: the CPU is the host's [host-passthrough]
                4 |   <cpu mode='host-passthrough'/>
                  |   ^~~~~~~~~~
                  = first note
                  = second note
                  = help: name a model

            """)
    }

    @Test("On a terminal no line is wider than it, but for a word or a source line, and the words stay the same", arguments: [40, 60, 80, 200])
    func wrapped(_ width: Int) {
        let long = Finding.example.with {
            $0.message = "host hv02 would not start the guest: the host lacks required features: avx512f, avx512dq, avx512cd"
            $0.notes = ["the given domain capabilities are for another emulator or machine type than the guest's"]
            $0.help = "use Haswell-noTSX-IBRS, or disable avx512f, avx512dq, avx512cd, avx512bw, avx512vl"
        }
        for isColored in [false, true] {
            let reporter = ReportFormat.text.reporter(isColored: isColored, width: width, namesDomains: true)
            let text = reporter.lines(for: long, in: "a.xml").replacing(/\u{1b}\[[0-9]*m/, with: "")
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= width || $0.contains(" | ") }, "\(text)")
            let words = { (text: String) in text.split(whereSeparator: \.isWhitespace).map(String.init) }
            #expect(words(text) == words(self.text(long, namesDomains: true)))
            #expect(reporter.separator == "\n")
        }
    }

    @Test("The domain is named where the input is not a file of its own")
    func domainNames() {
        #expect(text(.example, namesDomains: true).contains("      = domain web\n      = first note\n"))
        let nameless = Finding.example.with { $0.domainName = nil }
        #expect(text(nameless, namesDomains: true) == text(.example))
    }

    @Test("Colour: the place is bold and the severity has its colour", arguments: [
        (Severity.error, "31"), (.warning, "33"), (.note, "36"),
    ])
    func colors(_ severity: Severity, _ color: String) {
        let line = text(.example.with { $0.severity = severity }, isColored: true).split(separator: "\n")[0]
        #expect(line == "\u{1b}[1ma.xml:4:3:\u{1b}[0m \u{1b}[\(color)m\(severity.rawValue)\u{1b}[0m: the CPU is the host's [host-passthrough]")
    }

    @Test("What was fixed is called fixed, in green, and needs no help any more")
    func fixed() {
        let finding = Finding.example.with {
            $0.edits = [Edit($0.span, "<cpu/>")]
            $0.isFixed = true
        }
        #expect(text(finding).hasPrefix("a.xml:4:3: fixed: the CPU is the host's [host-passthrough]\n"))
        #expect(!text(finding).contains("help"))
        #expect(text(finding, isColored: true).contains(" \u{1b}[32mfixed\u{1b}[0m: "))
        // A finding that another one's fix settled keeps its severity.
        let settled = Finding.example.with { $0.isFixed = true }
        #expect(text(settled) == text(.example))
    }

    @Test("Tabs stay in the source line and above the mark, so that it stands in the right column")
    func tabs() {
        let finding = Finding.example.with {
            $0.sourceLine = "\t \t<cpu mode='maximum'/>"
            $0.sourceOffset = 3
            $0.start.column = 4
            $0.end.column = 8
        }
        #expect(text(finding).contains("    4 | \t \t<cpu mode='maximum'/>\n      | \t \t^~~~\n"))
    }

    @Test("Characters before the place count once, whatever their bytes")
    func characters() {
        let finding = Finding.example.with {
            $0.sourceLine = "é\t中<cpu/>"
            $0.sourceOffset = 3
            $0.start.column = 4
            $0.end.column = 10
        }
        #expect(text(finding).contains("    4 | é\t中<cpu/>\n      |  \t ^~~~~~\n"))
    }

    @Test("Of a long line, 160 characters around the place are shown", arguments: [("b", "a"), ("é", "中")])
    func longLines(_ first: String, _ second: String) {
        let before = String(repeating: first, count: 500), after = String(repeating: second, count: 500)
        let finding = Finding.example.with {
            $0.sourceLine = before + "<cpu/>" + after
            $0.sourceOffset = 500
            $0.start.column = 501
            $0.end.column = 507
        }
        let lines = text(finding).split(separator: "\n")
        #expect(lines[1] == "    4 | " + before.suffix(21) + "<cpu/>" + after.prefix(133))
        #expect(lines[2] == "      | " + String(repeating: " ", count: 21) + "^~~~~~")
        // The mark ends where the shown part ends.
        let long = finding.with { $0.end.column = 900 }
        #expect(text(long).split(separator: "\n")[2].count == lines[1].count)
    }

    @Test("A finding over several lines is marked to the end of the first")
    func severalLines() {
        let finding = Finding.example.with {
            $0.sourceLine = "  <cpu mode='custom'>"
            $0.end = SourcePosition(line: 7, column: 9)
        }
        #expect(text(finding).split(separator: "\n")[2] == "      |   ^~~~~~~~~~~~~~~~~~~")
    }

    @Test("An empty range is marked by one character, and one at the end of the line has no excerpt")
    func emptyRanges() {
        let empty = Finding.example.with { $0.end = $0.start }
        #expect(text(empty).split(separator: "\n")[2] == "      |   ^")
        let end = Finding.example.with { $0.sourceOffset = $0.sourceLine.unicodeScalars.count }
        #expect(text(end).split(separator: "\n")[1] == "      = first note")
    }

    @Test("Line numbers of more than four digits keep the margin")
    func lineNumbers() {
        let finding = Finding.example.with {
            $0.start.line = 123_456
            $0.end.line = 123_456
        }
        #expect(text(finding).contains("\n123456 |   <cpu"))
    }

    @Test("Text of the definition and of the file's name cannot steer a terminal")
    func controls() {
        let finding = Finding.example.with {
            $0.message = "a\u{1b}b"
            $0.notes = ["c\u{9b}d"]
            $0.help = "e\u{202e}f"
            $0.domainName = "g\rh"
            $0.sourceLine = "  \u{7f}<cpu/>"
        }
        let text = text(finding, in: "\u{1b}[31m.xml", namesDomains: true)
        for shown in ["\u{241b}[31m.xml:4:3", "a\u{241b}b", "c\u{fffd}d", "e\u{fffd}f", "g\u{240d}h", "\u{2421}<cpu/>"] {
            #expect(text.contains(shown))
        }
        #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
    }

    @Test("A report has nothing around its findings")
    func frame() {
        let reporter = ReportFormat.text.reporter(isColored: true, namesDomains: true)
        #expect(reporter.opening + reporter.separator + reporter.closing == "")
    }

    @Test("The rule is a link to its documentation if there is one, and the rest of the text stays the same")
    func links() {
        let links = RuleLinks(page: Array("/usr/share/doc/a b/rules.md".utf8), host: "hv01")
        let reporter = ReportFormat.text.reporter(isColored: false, width: 60, namesDomains: false, rules: links)
        let without = ReportFormat.text.reporter(isColored: false, width: 60, namesDomains: false)
        let long = Finding.example.with { $0.message = "a message that is so long that its rule stands in another line" }
        for finding in [Finding.example, long] {
            let text = reporter.lines(for: finding, in: "a.xml")
            let link = "\u{1b}]8;;file://hv01/usr/share/doc/a%20b/rules.md#host-passthrough\u{1b}\\host-passthrough\u{1b}]8;;\u{1b}\\"
            #expect(text.contains("[\(link)]\n"))
            #expect(text.replacing(link, with: "host-passthrough") == without.lines(for: finding, in: "a.xml"))
        }
        #expect(!ReportFormat.json.reporter(isColored: true, namesDomains: false, rules: links).lines(for: .example, in: "a").contains("\u{1b}"))
    }

    @Test("On a terminal, of a long list of names the first are shown, and the rest of the sentence stays; elsewhere it is whole")
    func shortened() {
        let names = (1...20).map { "f\($0)" }.joined(separator: ", ")
        let long = Finding.example.with {
            $0.message = "hosts a, b would not start it: they lack \(names); and more"
            $0.help = "disable \(names)"
        }
        let terminal = ReportFormat.text.reporter(isColored: false, width: 2000, namesDomains: false).lines(for: long, in: "a.xml")
        #expect(terminal.contains("hosts a, b would not start it: they lack f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12 and 8 more; and more [host"))
        #expect(terminal.contains("help: disable \(names)\n"), "what is to be done is whole")
        #expect(text(long).contains("they lack \(names); and more"))
        let short = long.with { $0.message = "they lack a, b, c, d, e, f, g, h, i, j, k, l, m, n and 2 more" }
        #expect(ReportFormat.text.reporter(isColored: false, width: 2000, namesDomains: false).lines(for: short, in: "a.xml").contains(short.message))
    }

    @Test("Features with their policies are names too, and a place that fills the line stands alone")
    func long() {
        let features = (1...20).map { "require f\($0)" }.joined(separator: ", ")
        let pinned = Finding.example.with { $0.message = "the policy pins it to EPYC (\(features), disable x)" }
        let wide = ReportFormat.text.reporter(isColored: false, width: 2000, namesDomains: false)
        #expect(wide.lines(for: pinned, in: "a.xml").contains("EPYC (require f1, require f2, require f3, require f4, require f5, require f6, "
            + "require f7, require f8, require f9, require f10, require f11, require f12 and 9 more) [host-passthrough]\n"))
        let narrow = ReportFormat.text.reporter(isColored: false, width: 45, namesDomains: false)
        let file = String(repeating: "d/", count: 15) + "a.xml"
        #expect(narrow.lines(for: .example, in: file).hasPrefix("\(file):4:3: warning:\n    the CPU is the host's [host-passthrough]\n"))
    }
}
