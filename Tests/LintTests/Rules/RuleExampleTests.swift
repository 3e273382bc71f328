import DomainXML
import Hosts
import Lint
import TestSupport
import Testing

@Suite("The examples of the rules")
struct RuleExampleTests {
    /// An example with the rule that it belongs to.
    struct Case: CustomTestStringConvertible, Sendable {
        var rule: Rule
        var example: RuleExample
        var testDescription: String { "\(rule.id), \(example.isBad ? "bad" : "good"): \(example.title)" }

        func findings(_ xml: String) throws -> [Finding] {
            if example.isPolicy { return try weakerFindings(before: example.before ?? "", xml) }
            let hosts = try HostFiles.read(example.hosts.map { ($0.file, Array($0.xml.utf8)) })
            return try judge(xml, before: example.before, policy: example.policy, hosts: hosts).findings
        }
    }

    static let cases = Rule.all.flatMap { rule in rule.examples.map { Case(rule: rule, example: $0) } }
    /// The cases that are about guests, and not about policies.
    static let guests = cases.filter { !$0.example.isPolicy }

    @Test(
        "In a bad example a rule finds exactly what the example states, where it is marked; in a good one it finds nothing",
        arguments: cases)
    func examples(_ testCase: Case) throws {
        let found = try testCase.findings(testCase.example.xml).filter { $0.rule == testCase.rule.id }.map {
            RuleExample.ExpectedFinding(place: $0.start, message: $0.message)
        }
        #expect(found == [testCase.example.finding].compactMap { $0 })
    }

    @Test(
        "The fix of a bad example fixes it, and adds no error and no finding of a rule that found nothing before",
        arguments: cases.filter(\.example.isBad))
    func fixes(_ testCase: Case) throws {
        let before = try testCase.findings(testCase.example.xml)
        for finding in before where finding.rule == testCase.rule.id && finding.isFixable {
            let after = try testCase.findings(apply(finding.edits, to: testCase.example.xml))
            #expect(!after.contains { $0.rule == testCase.rule.id })
            // The fix of cpu-not-default can name a model, and leaves it to libvirt whether another one is started.
            let known = Set(before.map(\.rule)).union(["fallback-allow"])
            #expect(after.allSatisfy { known.contains($0.rule) })
        }
    }

    /// The last ones start nowhere.
    private static let models = [
        ModelTarget(model: "Haswell"), ModelTarget(model: "EPYC-Turin", vendor: "AMD"), ModelTarget(model: "486"),
        ModelTarget(model: "Haswell", features: [TargetFeature(name: "nosuch", policy: .require)]),
        ModelTarget(model: "Haswell", vendor: "Nobody"),
    ].map { Target.model($0) }

    @Test(
        "Fixes come to an end whatever the policy's default is: none undoes what another one did, and that to the default makes no error",
        arguments: guests.filter(\.example.isBad))
    func fixesEnd(_ testCase: Case) throws {
        let hosts = try HostFiles.read(testCase.example.hosts.map { ($0.file, Array($0.xml.utf8)) })
        for target in try Target.keywords.map({ try Target($0) }) + Self.models {
            var overrides = Overrides()
            overrides.target = target
            let judge = Judge(policy: Policy(), hosts: hosts, targetHosts: hosts, overrides: overrides, purpose: .check)
            var text = Array(testCase.example.xml.utf8)
            var before: Set<String> = [], isToDefault = false, wasToDefault = false
            for turn in 0... {
                var fixed: [UInt8] = []
                var errors: [String] = []
                try readDocuments(text, passed: { fixed += $0 }) { document in
                    let verdict = judge.judge(document)
                    errors += verdict.findings.filter { $0.severity == .error }.map(\.message)
                    let fixes = verdict.fixes
                    isToDefault = fixes.findings.map(\.rule) == ["cpu-not-default"]
                    fixed += document.applying(fixes.edits)
                }
                #expect(!wasToDefault || before.isSuperset(of: errors), "\(target): \(String(decoding: text, as: UTF8.self))")
                (before, wasToDefault) = (Set(errors), isToDefault)
                if fixed == text { break }
                text = fixed
                try #require(turn < 20, "\(target): \(String(decoding: text, as: UTF8.self))")
            }
        }
    }

    private func apply(_ edits: [Edit], to text: String) -> String {
        var bytes = Array(text.utf8)
        for edit in edits.sorted(by: { $0.span.start > $1.span.start }) {
            bytes.replaceSubrange(edit.span.range, with: Array(edit.replacement.utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
