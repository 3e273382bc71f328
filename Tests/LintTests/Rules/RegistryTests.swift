import Lint
import Testing

@Suite("The rules as a whole")
struct RegistryTests {
    @Test("Every rule has an id of lower-case words, a tag, documentation, and a bad and a good example", arguments: Rule.ids)
    func documentation(id: String) throws {
        let rule = try #require(Rule.named(id))
        #expect(id.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil)
        #expect(!rule.tags.isEmpty)
        #expect(!rule.summary.isEmpty && !rule.summary.hasSuffix(".") && !rule.summary.contains("\n"))
        #expect(rule.explanation.count > 100)
        #expect(rule.examples.contains { $0.isBad })
        #expect(rule.examples.contains { !$0.isBad })
    }

    @Test("Ids are unique")
    func unique() {
        #expect(Set(Rule.ids).count == Rule.ids.count)
    }

    @Test("Every tag has a rule and a meaning of one line", arguments: RuleTag.allCases)
    func tags(_ tag: RuleTag) {
        #expect(Rule.all.contains { $0.tags.contains(tag) })
        #expect(!tag.meaning.isEmpty && !tag.meaning.contains("\n"))
    }

    /// Users write policies against these.
    private static let severities: [String: Severity] = [
        "cpu-not-default": .warning, "host-passthrough": .warning, "hypervisor-default": .warning,
        "emulated-host-cpu": .error, "host-incompatible": .error, "model-not-usable": .warning, "unknown-model": .error,
        "unknown-feature": .error, "unknown-vendor": .error, "versioned-model": .note, "deprecated-model": .warning,
        "fallback-allow": .note, "check-none": .note, "windows-cpu-change": .error, "guest-cpu-change": .note,
        "windows-unstable-cpu": .warning, "windows-rewrite-withheld": .warning, "windows-sockets": .warning,
        "migration-blocker": .warning, "unsafe-feature": .warning, "missing-mitigation": .warning,
        "guest-isa-level": .error, "duplicate-feature": .error, "invalid-cpu": .error, "redundant-feature": .note,
        "topology-vcpus": .error, "commandline-cpu": .warning, "live-definition": .note, "weak-host-model": .note,
        "cross-vendor-model": .note, "suppression": .warning,
    ]

    @Test("Ids and severities are the documented ones")
    func severities() {
        let actual = Dictionary(Rule.all.map { ($0.id, $0.severity) }, uniquingKeysWith: { first, _ in first })
        #expect(actual == Self.severities)
    }
}
