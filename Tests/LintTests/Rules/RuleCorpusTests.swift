import Lint
import TestSupport
import Testing

@Suite("Rules on libvirt's own definitions and the repository's examples", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
struct RuleCorpusTests {
    @Test("Every released rule has at least three bad and three good definitions")
    func complete() {
        let rules = Set(RuleCorpus.all.map(\.rule))
        #expect(rules.isSuperset(of: ReleasedRules.severities.keys))
        #expect(rules.isSubset(of: Rule.ids))
        #expect(Set(RuleCorpus.all.map(\.rule)).count == RuleCorpus.all.count)
        for entry in RuleCorpus.all {
            #expect(entry.bad.count >= 3 && entry.good.count >= 3, "\(entry.rule)")
        }
    }

    private func found(_ sample: RuleCorpus.Sample, _ entry: RuleCorpus) throws -> [Finding] {
        try judge(
            sample.text(), before: sample.earlier(), policy: sample.policy ?? entry.policy,
            hosts: RuleCorpus.hosts(sample.hosts ?? entry.hosts)
        ).findings.filter { $0.rule == entry.rule }
    }

    @Test("A rule finds something in each bad definition", arguments: RuleCorpus.all)
    func bad(_ entry: RuleCorpus) throws {
        for sample in entry.bad {
            #expect(try !found(sample, entry).isEmpty, "\(entry.rule) finds nothing in \(sample.file): \(sample.why)")
        }
    }

    @Test("A rule finds nothing in each good definition", arguments: RuleCorpus.all)
    func good(_ entry: RuleCorpus) throws {
        for sample in entry.good {
            #expect(try found(sample, entry).map(\.message) == [], "\(entry.rule) finds something in \(sample.file): \(sample.why)")
        }
    }
}
