import DomainXML
import Testing

@testable import Lint

@Suite("The rules of a judge")
struct JudgeRulesTests {
    /// A rule that finds every guest.
    static func rule(_ id: String, tags: Set<RuleTag> = [.habits], severity: Severity = .warning) -> Rule {
        Rule(id: id, severity: severity, tags: tags, summary: "a guest", explanation: "", examples: []) { inspection in
            inspection.report(at: inspection.cpuPlace, "found by \(id)")
        }
    }

    static let guest = domain("<cpu mode='host-passthrough' check='full'/>")

    private func found(
        _ rules: [Rule], policy: String = "default: keep", overrides: Overrides = Overrides(), xml: String = guest
    ) throws -> [String] {
        try judge(xml, policy: policy, overrides: overrides, rules: rules).findings.map { "\($0.rule) \($0.severity)" }
    }

    @Test("Only the given rules are run, in their order")
    func given() throws {
        #expect(try found([]) == [])
        #expect(try found([Self.rule("b"), Self.rule("a", severity: .note)]) == ["b warning", "a note"])
        let all = try found(Rule.all)
        #expect(all.count > 1 && all.contains("live-definition note"))
        #expect(try found(Rule.all + [Self.rule("own")]) == all + ["own warning"])
    }

    @Test("The policy, guest entries, the command line and comments can name a user's own rule")
    func named() throws {
        let rules = [Self.rule("own")]
        #expect(try found(rules, policy: "{default: keep, rules: {own: error}}") == ["own error"])
        #expect(try found(rules, policy: "{default: keep, guests: [{match: {name: guest}, rules: {own: off}}]}") == [])
        var overrides = Overrides()
        overrides.rules["own"] = .at(.note)
        #expect(try found(rules, policy: "{default: keep, rules: {own: error}}", overrides: overrides) == ["own note"])
        let commented = Self.guest.replacing("<name>", with: "<!-- virt-cpu: ignore own - tested --><name>")
        #expect(try found(rules + [.suppression], xml: commented) == [])
        #expect(try found(rules, xml: commented) == [], "without the rule about comments, too")
        #expect(try found([.suppression], xml: commented) == ["suppression warning"], "the judge does not have the rule")
    }

    @Test("Settings by tag apply to rules with the tag")
    func tags() throws {
        let rules = [
            Self.rule("a", tags: [.windows]), Self.rule("b", tags: [.windows, .migration]), Self.rule("c", tags: [.migration]),
            Self.rule("d", tags: [.habits]),
        ]
        func found(_ settings: String) throws -> [String] {
            try self.found(rules, policy: "{default: keep, rules: {\(settings)}}")
        }
        #expect(try found("tag:windows: error") == ["a error", "b error", "c warning", "d warning"])
        #expect(try found("tag:windows: off, tag:migration: note") == ["b note", "c note", "d warning"])
        #expect(try found("tag:windows: error, b: off") == ["a error", "c warning", "d warning"])
    }

    @Test("The command line overrides guest entries, and these override the policy, by tags too")
    func precedence() throws {
        let rules = [Self.rule("a", tags: [.windows])]
        let policy = "{default: keep, rules: {a: error}, guests: [{match: {name: guest}, rules: {tag:windows: note}}]}"
        #expect(try found(rules, policy: policy) == ["a note"])
        var overrides = Overrides()
        overrides.rules[.tag(.windows)] = .off
        #expect(try found(rules, policy: policy, overrides: overrides) == [])
        overrides.rules["a"] = .at(.warning)
        #expect(try found(rules, policy: policy, overrides: overrides) == ["a warning"])
    }

    @Test("A judge keeps its rules alive")
    func lifetime() throws {
        weak var last: Rule?
        do {
            let stream: JudgedStream
            do {
                let rule = Self.rule("own")
                last = rule
                stream = JudgedStream(Judge(policy: Policy(), purpose: .check, rules: [rule]))
            }
            #expect(last != nil)
            let reader = DomainReader(handler: stream)
            try Array(Self.guest.utf8).withUnsafeBytes { try reader.feed($0) }
            try reader.finish()
            #expect(stream.findings.map(\.message) == ["found by own"])
        }
        #expect(last == nil)
    }

    @Test("A rewrite is reported by the rule cpu-not-default only if the judge has it")
    func rewrite() throws {
        let all = try judge(Self.guest, policy: "default: host-model", purpose: .rewrite)
        #expect(all.findings.contains { $0.rule == "cpu-not-default" && $0.isFixed })
        #expect(all.findings.contains { $0.rule == "live-definition" }, "check='full' is reported although the rewrite removes it")
        let own = try judge(Self.guest, policy: "default: host-model", purpose: .rewrite, rules: [Self.rule("own")])
        #expect(own.findings.map(\.rule) == ["own"])
        #expect(own.output == all.output)
    }

    @Test("The policy's severity of a rule is also that of its finding about a rewrite", arguments: [Severity.warning, .error])
    func severityOfRewrite(_ severity: Severity) throws {
        let policy = "{default: host-model, rules: {cpu-not-default: \(severity.rawValue)}}"
        let found = try judge(domain("<cpu mode='host-passthrough'/>"), policy: policy, purpose: .rewrite).findings
        let rewritten = found.filter { $0.rule == "cpu-not-default" }
        #expect(rewritten.map(\.severity) == [severity] && rewritten.allSatisfy(\.isFixed))
    }

    @Test("libvirt hooks skip live-definition for a guest that starts, and keep only rules about hosts for one that runs")
    func hooks() throws {
        let started = domain("<cpu mode='host-passthrough'/>").replacing("<domain ", with: "<domain id='1' ")
        let rules = [Rule.liveDefinition, Self.rule("own"), .hostIncompatible]
        func found(_ xml: String, _ purpose: Judge.Purpose) throws -> [String] {
            try judge(xml, purpose: purpose, rules: rules).findings.map(\.rule)
        }
        #expect(try found(started, .check) == ["live-definition", "own"])
        #expect(try found(started, .start) == ["own"])
        // libvirt writes check='full' only for a model that it has read back from QEMU.
        #expect(try found(Self.guest, .start) == ["own"])
        let running = domain("<cpu mode='custom' match='exact' check='full'><model fallback='forbid'>Haswell</model></cpu>")
        #expect(try found(running, .start) == [])
        #expect(try found(started, .resume) == [])
    }
}
