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

@Suite("The rules' ids and severities, which policies are written against")
struct RuleTableTests {
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

    @Test("Each is as it is documented")
    func severities() {
        let actual = Dictionary(Rule.all.map { ($0.id, $0.severity) }, uniquingKeysWith: { first, _ in first })
        #expect(actual == Self.severities)
    }
}
