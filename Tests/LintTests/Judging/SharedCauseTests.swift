import CPUModel
import Hosts
import Lint
import TestSupport
import Testing

/// Some rules report one cause from two sides. A guest then has one finding, with what the other rule says in a note.
@Suite("One cause, one finding")
struct SharedCauseTests {
    private static let haswell = Host("hv01", model: "Haswell-noTSX", vendor: "Intel", features: ["ssbd"])
    private static let other = Host("hv02", model: "Broadwell-noTSX", vendor: "Intel")

    struct Pair: Sendable, CustomTestStringConvertible {
        var kept: String
        var yielding: String
        var cpu: String
        var policy = "default: keep"
        var hosts: [Host] = []
        var isWindows = false
        var testDescription: String { "\(kept) and \(yielding)" }
    }

    static let pairs = [
        Pair(kept: "cpu-not-default", yielding: "hypervisor-default", cpu: "", policy: "default: host-model"),
        Pair(kept: "cpu-not-default", yielding: "host-passthrough", cpu: "<cpu mode='host-passthrough'/>", policy: "default: host-model"),
        Pair(
            kept: "cpu-not-default", yielding: "missing-mitigation", cpu: "<cpu><model fallback='forbid'>Haswell-noTSX</model></cpu>",
            policy: "default: host-model-only", hosts: [haswell]),
        Pair(
            kept: "cpu-not-default", yielding: "fallback-allow", cpu: "<cpu><model>EPYC-Genoa</model></cpu>", policy: "default: host-model"),
        Pair(kept: "windows-unstable-cpu", yielding: "host-passthrough", cpu: "<cpu mode='host-passthrough'/>", isWindows: true),
        Pair(
            kept: "windows-unstable-cpu", yielding: "host-passthrough", cpu: "<cpu mode='host-passthrough'/>", hosts: [haswell, other],
            isWindows: true),
        Pair(
            kept: "windows-rewrite-withheld", yielding: "hypervisor-default", cpu: "", policy: "default: host-model", isWindows: true),
        Pair(
            kept: "windows-rewrite-withheld", yielding: "windows-unstable-cpu", cpu: "<cpu mode='host-passthrough'/>", policy: "windows: pin",
            hosts: [haswell], isWindows: true),
        Pair(
            kept: "host-incompatible", yielding: "unsafe-feature", cpu: "<cpu><model fallback='forbid'>Haswell</model></cpu>", hosts: [haswell]),
        Pair(
            kept: "host-incompatible", yielding: "missing-mitigation", cpu: "<cpu><model fallback='forbid'>Haswell</model></cpu>",
            hosts: [haswell]),
    ]

    private func found(_ pair: Pair, _ rules: String = "") throws -> [Finding] {
        try judge(domain(pair.cpu, windows: pair.isWindows), policy: "{\(pair.policy), rules: {\(rules)}}", hosts: pair.hosts).findings
    }

    @Test("The finding that says more stays, and tells what the other one says", arguments: pairs)
    func merged(_ pair: Pair) throws {
        let found = try found(pair)
        let kept = try #require(found.first { $0.rule == pair.kept })
        #expect(!found.contains { $0.rule == pair.yielding })
        #expect(kept.notes.contains { $0.hasSuffix(" [\(pair.yielding)]") }, "\(kept.notes)")
    }

    @Test("A rule does not fall silent because the other one is switched off, or less severe", arguments: pairs)
    func alone(_ pair: Pair) throws {
        #expect(try found(pair, "\(pair.kept): off").contains { $0.rule == pair.yielding })
        let both = try found(pair, "\(pair.kept): note, \(pair.yielding): warning").map(\.rule)
        #expect(both.contains(pair.kept) && both.contains(pair.yielding))
        // A comment hides only what it names.
        let xml = domain("<!-- virt-cpu: ignore \(pair.kept) - a lab -->\(pair.cpu)", windows: pair.isWindows)
        let left = try judge(xml, policy: "{\(pair.policy)}", hosts: pair.hosts).findings.map(\.rule)
        #expect(left.contains(pair.yielding) && !left.contains(pair.kept))
    }

    @Test("What the default leaves as it is stays a finding of its own")
    func notCured() throws {
        // maximum becomes host-passthrough, which is no better.
        let pair = Pair(kept: "", yielding: "", cpu: "<cpu mode='maximum'/>", policy: "default: host-passthrough")
        #expect(try found(pair).map(\.rule).sorted() == ["cpu-not-default", "host-passthrough"])
        // The default cannot be applied, so that it changes nothing.
        let refused = Pair(kept: "", yielding: "", cpu: "", policy: "default: host-model-only", hosts: [Host("old", model: "pentium3", vendor: "Intel")])
        #expect(try found(refused).map(\.rule).filter { $0 != "deprecated-machine" }.sorted() == ["cpu-not-default", "hypervisor-default"])
    }

    @Test("The fix of the finding that stays is made")
    func fixed() throws {
        let finding = try #require(try found(Self.pairs[0]).first { $0.rule == "cpu-not-default" })
        #expect(finding.isFixable)
    }

    @Test(
        "No definition of libvirt's tests has two findings of one cause",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"),
        arguments: ["default: keep", "default: host-model", "default: host-model-only", "windows: pin"])
    func corpus(policy: String) throws {
        let hosts = [try HostModelOnlyTests.host("hv01"), try HostModelOnlyTests.host("hv02")]
        var judged = 0
        for file in Corpus.domains where file.path.contains("/qemuxmlconfdata/") {
            guard let found = try? judge(String(decoding: file.bytes, as: UTF8.self), policy: policy, hosts: hosts).findings else { continue }
            judged += 1
            let rules = Set(found.map(\.rule))
            #expect(!rules.isSuperset(of: ["cpu-not-default", "hypervisor-default"]) || found.contains { $0.rule == "cpu-not-default" && !$0.isFixable }, "\(file)")
            #expect(!rules.isSuperset(of: ["windows-unstable-cpu", "host-passthrough"]), "\(file)")
            #expect(!rules.isSuperset(of: ["windows-rewrite-withheld", "hypervisor-default"]), "\(file)")
        }
        #expect(judged > 1000)
    }
}
