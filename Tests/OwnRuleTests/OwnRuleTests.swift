import DomainXML
import Lint
import Testing

/// A rule of another program, which uses only what the library `VirtCPU` makes public.
///
/// The program forbids a list of CPU models, and replaces them by one that it recommends.
private let modelOutOfUse = Rule(
    id: "model-out-of-use",
    severity: .warning,
    tags: [.habits],
    needs: .model,
    summary: "the model is not used here any more",
    explanation: """
        Our oldest hosts are gone, and with them the reason for the models that fitted them. Guests that still have such a \
        model are slower than they need to be.
        """,
    examples: [
        .bad(
            "a model of the old hosts", finds: "Penryn is not used here any more",
            .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓Penryn</model></cpu>")),
        .good(
            "a model of the new hosts",
            .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>EPYC</model></cpu>")),
        .good(
            "Windows guests keep their CPU",
            .guest(
                hyperv: "<relaxed state='on'/>",
                cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Penryn</model></cpu>")),
    ],
    check: { inspection in
        guard let name = inspection.cpu?.namedModel, inspection.guest.windows == nil else { return }
        let model = inspection.domain[name]
        guard ["Conroe", "Penryn"].contains(model) else { return }
        inspection.report(
            at: name.span, "\(model) is not used here any more", help: "use EPYC", edits: [Edit(name.span, "EPYC")])
    })

@Suite("A rule of another program")
struct OwnRuleTests {
    private static let rules = Rule.all + [modelOutOfUse]

    @Test("Its examples hold", arguments: modelOutOfUse.examples)
    func examples(_ example: RuleExample) throws {
        let found = try findings(example.xml).filter { $0.rule == modelOutOfUse.id }
        #expect(found.map(\.message) == [example.finding?.message].compactMap { $0 })
        #expect(found.map(\.start) == [example.finding?.place].compactMap { $0 })
    }

    @Test("It can be fixed, set by the policy, and suppressed as any other rule")
    func likeAnyOther() throws {
        let penryn = modelOutOfUse.examples[0].xml
        #expect(try findings(penryn).first { $0.rule == "model-out-of-use" }?.edits.map(\.replacement) == ["EPYC"])
        let policy = "{default: keep, rules: {model-out-of-use: error}}"
        #expect(try findings(penryn, policy: policy).contains { $0.rule == "model-out-of-use" && $0.severity == .error })
        let comment = "<!-- virt-cpu: ignore model-out-of-use - moves next week -->\n  <os>"
        #expect(try !findings(penryn.replacing("<os>", with: comment)).contains {
            $0.rule == "model-out-of-use" || $0.rule == "suppression"
        })
    }

    private func findings(_ xml: String, policy: String = RuleExample.keepingPolicy) throws -> [Finding] {
        let policy = try Policy.parse(
            Array(policy.utf8), file: ".virt-cpu.yaml", origin: .named, knownRules: Self.rules.map(\.id))
        let collector = FindingsCollector(Judge(policy: policy, purpose: .check, rules: Self.rules))
        let reader = DomainReader(handler: collector)
        try Array(xml.utf8).withUnsafeBytes { try reader.feed($0) }
        try reader.finish()
        return collector.findings
    }
}

/// Judges the documents that it reads.
private final class FindingsCollector: DomainStreamHandler {
    private let judge: Judge
    var findings: [Finding] = []

    init(_ judge: Judge) { self.judge = judge }

    func passThrough(_ bytes: UnsafeRawBufferPointer) {}

    func document(_ document: Document) -> Bool {
        findings += judge.judge(document).findings
        return true
    }
}
