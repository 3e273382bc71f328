import DomainXML
import Hosts
import Lint
import Testing

struct ExampleCase: CustomTestStringConvertible, Sendable {
    var rule: String
    var example: Rule.Example
    var testDescription: String { "\(rule), \(example.isBad ? "bad" : "good"): \(example.title)" }
}

@Suite("Rules")
struct RuleExampleTests {
    static let cases = Rule.all.flatMap { rule in rule.examples.map { ExampleCase(rule: rule.id, example: $0) } }

    static func hosts(_ example: Rule.Example) throws -> [Host] {
        try HostFiles.read(example.hosts.map { ($0.file, Array($0.xml.utf8)) })
    }

    @Test("Each rule speaks of its bad examples and is silent on its good ones", arguments: cases)
    func examples(_ testCase: ExampleCase) throws {
        let example = testCase.example
        let found = try judge(example.xml, before: example.before, policy: example.policy, hosts: Self.hosts(example)).findings.filter { $0.rule == testCase.rule }
        if example.isBad {
            #expect(!found.isEmpty)
        } else {
            #expect(found.filter { !Self.isNote($0, of: testCase) } == [])
        }
    }

    /// invalid-cpu shows beside what is refused what is only odd.
    static func isNote(_ finding: Finding, of testCase: ExampleCase) -> Bool {
        testCase.rule == "invalid-cpu" && finding.severity == .note
    }

    @Test("A fix mends what it is for, and nothing else is found then that was not before", arguments: cases.filter(\.example.isBad))
    func fixes(_ testCase: ExampleCase) throws {
        let example = testCase.example
        let hosts = try Self.hosts(example)
        let before = try judge(example.xml, before: example.before, policy: example.policy, hosts: hosts).findings
        for finding in before where finding.rule == testCase.rule && finding.isFixable {
            let fixed = apply(finding.edits, to: example.xml)
            let after = try judge(fixed, before: example.before, policy: example.policy, hosts: hosts).findings
            #expect(after.filter { $0.rule == testCase.rule }.count < before.filter { $0.rule == testCase.rule }.count)
            let known = Set(before.map(\.rule)).union(["fallback-allow"])
            #expect(after.allSatisfy { known.contains($0.rule) && $0.severity < .error || known.contains($0.rule) })
        }
    }

    func apply(_ edits: [Edit], to text: String) -> String {
        var bytes = Array(text.utf8)
        for edit in edits.sorted(by: { $0.span.start > $1.span.start }) {
            bytes.replaceSubrange(edit.span.range, with: Array(edit.replacement.utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("Every rule has a bad and a good example and is documented", arguments: Rule.all.map(\.id))
    func documentation(id: String) {
        let rule = Rule.named(id)!
        #expect(rule.examples.contains { $0.isBad })
        #expect(rule.examples.contains { !$0.isBad })
        #expect(!rule.summary.isEmpty && rule.explanation.count > 100)
        #expect(id.allSatisfy { $0.isLowercase || $0 == "-" })
    }

    @Test("Ids are unique")
    func unique() {
        #expect(Set(Rule.ids).count == Rule.ids.count)
    }
}
