import DomainXML
import Reports
import Testing

@testable import Lint

@Suite("The closing line of a check")
struct TallyTests {
    @Test("Only what was found is counted, the weightiest first", arguments: [
        ([], "nothing found (1 domain, 1 file)"),
        ([.error], "1 error (1 domain, 1 file)"),
        ([.warning, .warning], "2 warnings (1 domain, 1 file)"),
        ([.note, .error, .warning, .note, .error], "2 errors, 1 warning, 2 notes (1 domain, 1 file)"),
    ] as [([Severity], String)])
    func summary(_ severities: [Severity], _ text: String) {
        var tally = Tally()
        tally.domains = 1
        tally.files = 1
        for severity in severities { tally.add(.example.with { $0.severity = severity }) }
        #expect(tally.summary == text)
    }

    @Test("A fixed finding counts as fixed and as nothing else")
    func fixed() {
        var tally = Tally()
        tally.add(.example.with {
            $0.severity = .error
            $0.isFixed = true
        })
        tally.add(.example)
        #expect(tally.summary == "1 warning, 1 fixed (0 domains, 0 files)")
    }

    @Test("Tallies add up")
    func sum() {
        var sum = Tally()
        for (domains, files) in [(2, 1), (3, 1)] {
            var tally = Tally()
            tally.domains = domains
            tally.files = files
            for severity in Severity.allCases { tally.add(.example.with { $0.severity = severity }) }
            tally.add(.example.with { $0.isFixed = true })
            sum.add(tally)
        }
        #expect(sum.summary == "2 errors, 2 warnings, 2 notes, 2 fixed (5 domains, 2 files)")
    }
}
