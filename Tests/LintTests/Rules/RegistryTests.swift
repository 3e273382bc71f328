import Glibc
import Lint
import TestSupport
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

    @Test("Released rules keep their ids and severities, because users write policies against them")
    func released() {
        for (id, severity) in ReleasedRules.severities { #expect(Rule.named(id)?.severity == severity, "\(id)") }
    }

    @Test("Every rule that has a file is in the list, since a rule outside it never runs")
    func listed() throws {
        var found = glob_t()
        defer { globfree(&found) }
        try #require(glob("\(Corpus.repository)/Sources/Lint/Rules/*/*.swift", 0, nil, &found) == 0)
        let files = (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
        let ids = files.flatMap { file in
            String(decoding: Corpus.read(file), as: UTF8.self).matches(of: /\bid: "([a-z-]+)"/).map { String($0.1) }
        }
        #expect(Set(ids) == Set(Rule.ids))
    }
}
