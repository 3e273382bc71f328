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

    /// A rule that would have mended what the policy's default writes would undo it, and that the fix, for ever.
    @Test("Fixes come to an end, whatever the policy's default is", arguments: cases.filter(\.example.isBad))
    func fixesEnd(_ testCase: ExampleCase) throws {
        let hosts = try Self.hosts(testCase.example)
        for target in try Target.keywords.map({ try Target($0) }) + [.model(ModelTarget(model: "Haswell"))] {
            var overrides = Overrides()
            overrides.target = target
            let stream = FixingStream(
                Judge(policy: Policy(), hosts: hosts, targetHosts: hosts, overrides: overrides, purpose: .check))
            var text = Array(testCase.example.xml.utf8)
            for turn in 0... {
                let reader = DomainReader(handler: stream)
                try text.withUnsafeBytes { try reader.feed($0) }
                try reader.finish()
                let isDone = stream.output == text
                text = stream.output
                stream.output = []
                if isDone { break }
                try #require(turn < 20, "\(target): \(String(decoding: text, as: UTF8.self))")
            }
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

/// Applies what is fixable.
private final class FixingStream: DomainStreamHandler {
    private let judge: Judge
    var output: [UInt8] = []

    init(_ judge: Judge) { self.judge = judge }

    func passThrough(_ bytes: UnsafeRawBufferPointer) { output.append(contentsOf: bytes) }

    func document(_ document: Document) -> Bool {
        output += document.applying(judge.judge(document).fixes.edits)
        return true
    }
}
