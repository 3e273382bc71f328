import DomainXML
import Reports
import Testing

@testable import Lint

@Suite("Findings in one line each")
struct ConciseReporterTests {
    private func text(_ finding: Finding, namesDomains: Bool = false) -> String {
        ReportFormat.concise.reporter(isColored: true, width: 20, namesDomains: namesDomains).lines(for: finding, in: "a.xml")
    }

    @Test("Place, severity, message and rule, without colour, and never broken")
    func whole() {
        #expect(text(.example) == "a.xml:4:3: warning: the CPU is the host's [host-passthrough]\n")
        #expect(text(.example, namesDomains: true) == "a.xml:4:3: warning: the CPU is the host's (domain web) [host-passthrough]\n")
        #expect(text(.example.with { $0.message = "two\nlines" }).split(separator: "\n").count == 1)
    }
}

@Suite("The table of rules")
struct RuleTallyTests {
    @Test("The rule with the most findings comes first, with what --fix mends and what the rule is about")
    func table() {
        var tally = Tally()
        for (rule, count) in [("check-none", 2), ("host-passthrough", 3), ("fallback-allow", 2)] {
            for _ in 0..<count { tally.add(.example.with { $0.rule = rule }) }
        }
        tally.add(.example.with {
            $0.rule = "check-none"
            $0.isFixed = true
        })
        let lines = tally.rules.table.split(separator: "\n")
        #expect(lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == ["3 host-passthrough", "2 check-none", "2 fallback-allow"])
        #expect(lines[0].hasSuffix(Rule.named("host-passthrough")!.summary))
        #expect(!tally.rules.table.contains("by --fix"))
        var fixable = RuleTally()
        fixable.add(.example.with { $0.edits = [Edit($0.span, "")] })
        fixable.add(.example)
        #expect(fixable.table.contains("2  host-passthrough  1 by --fix"))
    }

    @Test("More findings than a screen shows get a line about the rules; the tallies of several files are one")
    func outlook() {
        var sum = Tally()
        for _ in 0..<5 {
            var tally = Tally()
            tally.add(.example)
            tally.add(.example.with { $0.rule = "check-none" })
            sum.add(tally)
        }
        #expect(sum.outlook == nil)
        sum.add({
            var tally = Tally()
            tally.add(.example.with { $0.edits = [Edit($0.span, "")] })
            return tally
        }())
        #expect(sum.outlook?.hasPrefix("most often host-passthrough (6), check-none (5); --fix mends 1; virt-cpu explain RULE") == true)
    }
}
