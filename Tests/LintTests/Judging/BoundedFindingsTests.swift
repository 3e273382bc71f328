import Lint
import Testing

@Suite("Limits of findings")
struct BoundedFindingsTests {
    @Test("A rule reports a hundred findings in one domain and counts the others")
    func many() throws {
        let features = (0..<1000).map { "<feature policy='require' name='x\($0)'/>" }.joined()
        let findings = try judge(domain("<cpu mode='custom'><model>Haswell</model>\(features)</cpu>")).findings
            .filter { $0.rule == "unknown-feature" }
        #expect(findings.count == 101)
        #expect(findings.last?.message == "omitted: 900 more of this kind in this domain")
        #expect(findings.last?.severity == .error)
    }

    @Test("Long names are cut in messages")
    func long() throws {
        let name = String(repeating: "H", count: 60_000)
        for finding in try judge(domain("<cpu mode='custom'><model>\(name)</model></cpu>")).findings {
            #expect(finding.message.utf8.count < 5000)
            #expect(finding.sourceLine.utf8.count < 1000)
        }
    }

    @Test("Findings about running domains have no help and no edits")
    func running() throws {
        let findings = try judge("<domstatus>\(domain("<cpu mode='custom' check='none'><model>Haswell</model></cpu>"))</domstatus>").findings
        #expect(!findings.isEmpty)
        #expect(findings.allSatisfy { $0.help == nil && $0.edits.isEmpty })
    }
}
