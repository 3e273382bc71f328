import Testing

@testable import Lint

@Suite("Rules that are looked for")
struct RuleSearchTests {
    private func ids(_ words: String...) throws -> [String] { try RuleSearch(words).all.map(\.id) }

    @Test("An id is that rule alone, even if other rules mention it")
    func id() throws {
        #expect(try ids("host-passthrough") == ["host-passthrough"])
        #expect(Rule.all.count { $0.explanation.contains("host-passthrough") || $0.id == "host-passthrough" } > 1)
    }

    @Test("A tag is its rules, with and without tag:", arguments: RuleTag.allCases)
    func tags(_ tag: RuleTag) throws {
        let expected = Rule.all.filter { $0.tags.contains(tag) }.map(\.id)
        #expect(try ids(tag.rawValue) == expected)
        #expect(try ids("tag:\(tag.rawValue)") == expected)
    }

    @Test("Words are looked for in ids, summaries and explanations, whatever their case; all must occur")
    func words() throws {
        for (word, text) in [("PassThrough", \Rule.id), ("migration", \Rule.summary), ("reactivat", \Rule.explanation)] {
            let expected = Rule.all.filter { $0[keyPath: text].lowercased().contains(word.lowercased()) }.map(\.id)
            #expect(!expected.isEmpty)
            #expect(Set(try ids(word)).isSuperset(of: expected), "\(word)")
        }
        let both = try ids("migration", "passthrough")
        #expect(Set(both).isSubset(of: try ids("passthrough")) && both.contains("host-passthrough"))
        #expect(try ids("migration passthrough") == both)
    }

    @Test("What only one rule contains is that rule")
    func only() throws {
        guard case .rule(let rule) = try RuleSearch(["isa-level"]) else { return #expect(Bool(false)) }
        #expect(rule.id == "guest-isa-level")
    }

    @Test("What nothing contains is an error with the nearest id or tag, and a hint", arguments: [
        (["host-pasthrough"], "unknown rule 'host-pasthrough' (did you mean 'host-passthrough'?), and no explanation contains this word (virt-cpu explain lists all rules)"),
        (["windws"], "unknown rule 'windws' (did you mean 'windows'?), and no explanation contains this word (virt-cpu explain lists all rules)"),
        (["quantum", "foam"], "unknown rule 'quantum foam', and no explanation contains these words (virt-cpu explain lists all rules)"),
        ([""], "unknown rule '', and no explanation contains this word (virt-cpu explain lists all rules)"),
        (["tag:windws"], "unknown tag 'windws' (did you mean 'windows'?) (use one of libvirt, hosts, windows, migration, security, habits)"),
    ])
    func nothing(_ words: [String], _ message: String) {
        #expect(#expect(throws: RuleSelectorError.self) { try RuleSearch(words) }?.description == message)
    }
}
