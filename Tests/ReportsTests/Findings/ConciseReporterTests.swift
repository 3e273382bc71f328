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
        #expect(sum.outlook() == nil)
        sum.add({
            var tally = Tally()
            tally.add(.example.with { $0.edits = [Edit($0.span, "")] })
            return tally
        }())
        #expect(sum.outlook()?.hasPrefix("most often host-passthrough (6), check-none (5); --fix mends 1; virt-cpu explain RULE") == true)
    }

    private func tally(_ counts: [(String, Severity, Int)]) -> Tally {
        var tally = Tally()
        for (rule, severity, count) in counts {
            for _ in 0..<count {
                tally.add(.example.with {
                    $0.rule = rule
                    $0.severity = severity
                })
            }
        }
        return tally
    }

    @Test("Rules with errors come first, in the line and in the table")
    func errorsFirst() {
        let tally = tally([("check-none", .note, 20), ("unknown-model", .error, 2), ("host-passthrough", .warning, 5), ("host-incompatible", .error, 1), ("host-incompatible", .warning, 3)])
        #expect(tally.outlook()?.hasPrefix("errors: unknown-model (2), host-incompatible (1); others, most often check-none (20), host-passthrough (5), host-incompatible (3); virt-cpu") == true, "\(tally.outlook() ?? "")")
        let lines = tally.rules.table.split(separator: "\n").map { $0.split(separator: " ").prefix(4).joined(separator: " ") }
        #expect(lines[0] == "2 unknown-model 2 errors" && lines[1] == "4 host-incompatible 1 error")
        #expect(lines[2].hasPrefix("20 check-none") && !lines[2].contains("error"))
    }

    @Test("Where most of many findings do not count, -q is named", arguments: [
        (3, 18, .error, ", -q prints only the 3 errors"), (1, 20, .error, ", -q prints only the 1 error"), (3, 17, .error, nil),
        (0, 30, .error, nil), (20, 10, .error, nil), (3, 40, .warning, ", -q prints only the 3 that count"), (3, 40, nil, nil),
        (3, 40, .note, nil),
    ] as [(Int, Int, Severity?, String?)])
    func quiet(_ errors: Int, _ notes: Int, _ least: Severity?, _ words: String?) {
        let line = tally([("unknown-model", .error, errors), ("check-none", .note, notes)]).outlook(counting: least) ?? ""
        #expect(line.hasSuffix(words ?? "--statistics counts by rule"), "\(line)")
    }
}
