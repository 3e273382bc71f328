import Corpus
import Lint
import Testing

@Suite("Rules on libvirt's own definitions and the examples", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
struct RuleCorpusTests {
    @Test("Every rule has three definitions on which it speaks, and three on which it does not")
    func complete() {
        #expect(Set(RuleCorpus.all.map(\.rule)) == Set(Rule.ids))
        #expect(Set(RuleCorpus.all.map(\.rule)).count == RuleCorpus.all.count)
        for entry in RuleCorpus.all {
            #expect(entry.speaks.count >= 3 && entry.silent.count >= 3, "\(entry.rule)")
        }
    }

    private func found(_ sample: RuleCorpus.Sample, _ entry: RuleCorpus) throws -> [Finding] {
        try judge(
            sample.text(), before: sample.earlier(), policy: sample.policy ?? entry.policy,
            hosts: RuleCorpus.hosts(sample.hosts ?? entry.hosts)
        ).findings.filter { $0.rule == entry.rule }
    }

    @Test("It speaks where it must", arguments: RuleCorpus.all)
    func speaks(_ entry: RuleCorpus) throws {
        for sample in entry.speaks {
            #expect(try !found(sample, entry).isEmpty, "\(entry.rule) says nothing of \(sample.file): \(sample.why)")
        }
    }

    @Test("It is silent where it must be", arguments: RuleCorpus.all)
    func silent(_ entry: RuleCorpus) throws {
        for sample in entry.silent {
            #expect(try found(sample, entry).map(\.message) == [], "\(entry.rule) speaks of \(sample.file): \(sample.why)")
        }
    }
}
