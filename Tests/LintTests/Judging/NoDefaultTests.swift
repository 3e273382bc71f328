import DomainXML
import Hosts
import TestSupport
import Testing

@testable import Lint

@Suite("Without a default")
struct NoDefaultTests {
    private static let hardened = """
        <cpu mode='custom' match='exact' check='partial'>
          <model fallback='allow'>Skylake-Client-IBRS</model>
          <vendor>Intel</vendor>
          <feature policy='require' name='ssbd'/>
          <feature policy='disable' name='hle'/>
        </cpu>
        """
    private static let remark =
        "no default is configured: guests that state no CPU, or the one that libvirt writes for none, get host-model-only; all others keep theirs (set 'default' in a "
        + "policy, or use --default)"

    private func filter(_ xml: String, policy: String = "{}", _ overrides: Overrides = Overrides()) throws
        -> (findings: [Finding], output: String, remarks: [String])
    {
        try judge(xml, policy: policy, purpose: .rewrite, hosts: [HostModelOnlyTests.host("hv01")], overrides: overrides)
    }

    @Test("filter leaves a guest that states a CPU as it is, and says so", arguments: [
        hardened, "<cpu mode='host-passthrough'/>", "<cpu mode='host-model'/>", "<cpu match='minimum'><model>Nehalem</model></cpu>",
        "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model><feature policy='require' name='aes'/></cpu>",
    ])
    func stated(_ cpu: String) throws {
        let xml = domain(cpu)
        let filtered = try filter(xml)
        #expect(filtered.output == xml)
        #expect(filtered.remarks == [Self.remark])
        #expect(!filtered.findings.contains { $0.rule == "cpu-not-default" })
        // A default, from wherever, applies to it.
        var overrides = Overrides()
        overrides.target = .hostModelOnly
        for (policy, overrides) in [
            ("default: host-model-only", Overrides()), ("{}", overrides), ("guests: [{match: {name: '*'}, default: host-model-only}]", Overrides()),
        ] {
            let rewritten = try filter(xml, policy: policy, overrides)
            #expect(rewritten.output.contains("<model fallback='forbid'>Skylake-Server-noTSX-IBRS</model>"))
            #expect(rewritten.remarks.isEmpty)
        }
    }

    @Test("filter gives a CPU to a guest that states none, also if libvirt has written its default since", arguments: [
        "", "<cpu><topology sockets='1' cores='2' threads='1'/></cpu>",
        "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>",
    ])
    func none(_ cpu: String) throws {
        let filtered = try filter(domain(cpu))
        #expect(filtered.output.contains("<model fallback='forbid'>Skylake-Server-noTSX-IBRS</model>"))
        #expect(filtered.remarks == [Self.remark])
        let windows = domain(cpu, windows: true)
        #expect(try filter(windows).output == windows)
    }

    @Test("What filter does, or cannot do, for a guest without a CPU is told by the rule hypervisor-default")
    func named() throws {
        let given = try filter(domain(""))
        #expect(given.findings.filter(\.isFixed).map(\.rule) == ["hypervisor-default"])
        // No model fits hosts of two vendors.
        let hosts = [try HostModelOnlyTests.host("hv01"), Host("amd", model: "EPYC-Rome", vendor: "AMD")]
        let refused = try judge(domain(""), policy: "{}", purpose: .rewrite, hosts: hosts)
        #expect(refused.output == domain(""))
        #expect(refused.findings.map(\.rule) == ["hypervisor-default"])
        #expect(refused.findings[0].notes.contains { $0.hasPrefix("virt-cpu filter cannot give it host-model-only: ") }, "\(refused.findings[0].notes)")
    }

    @Test("A guest without a CPU is left alone where a comment says so")
    func suppressed() throws {
        let xml = domain("<!-- virt-cpu: ignore hypervisor-default - old firmware -->")
        #expect(try filter(xml).output == xml)
    }

    @Test("check calls nothing \"not default\"", arguments: RuleExampleTests.guests.filter(\.example.isBad))
    func check(_ testCase: RuleExampleTests.Case) throws {
        let hosts = try HostFiles.read(testCase.example.hosts.map { ($0.file, Array($0.xml.utf8)) })
        let found = try judge(testCase.example.xml, policy: "migration: true", hosts: hosts).findings
        #expect(!found.contains { ["cpu-not-default", "windows-rewrite-withheld"].contains($0.rule) })
    }

    /// Whether a guest could have started, so that it has seen a CPU.
    private static let preventingStart = ["invalid-cpu", "duplicate-feature", "unknown-model", "unknown-feature", "emulated-host-cpu"]

    @Test("The guest sees no change in the fixes of a guest that could start", arguments: RuleExampleTests.guests.filter(\.example.isBad))
    func fixes(_ testCase: RuleExampleTests.Case) throws {
        let hosts = try HostFiles.read(testCase.example.hosts.map { ($0.file, Array($0.xml.utf8)) })
        let xml = testCase.example.xml
        let found = try judge(xml, policy: "migration: true", hosts: hosts).findings
        guard !found.contains(where: { $0.severity == .error && Self.preventingStart.contains($0.rule) }) else { return }
        for finding in found where finding.isFixable {
            var fixed = Array(xml.utf8)
            for edit in finding.edits.sorted(by: { $0.span.start > $1.span.start }) {
                fixed.replaceSubrange(edit.span.range, with: Array(edit.replacement.utf8))
            }
            let before = try records(xml), after = try records(String(decoding: fixed, as: UTF8.self))
            for (old, new) in zip(before, after) {
                // KVM never gives some features, whatever the host has. Only of those it may be doubtful what the guest had.
                let change = GuestChange.between(old, new, on: StartCheck(hosts: hosts, knowledge: CPUKnowledge()))
                #expect(change.items.isEmpty, "\(finding.rule)")
                #expect(change.doubts.isEmpty || finding.rule == "no-effect", "\(finding.rule)")
            }
        }
    }

    @Test("Fixes that a guest would notice need a default")
    func noticed() throws {
        let passthrough = "<cpu mode='host-passthrough' migratable='off'/>", emulated = "<cpu mode='host-model'/>"
        func isFixed(_ cpu: String, _ rule: String, type: String = "kvm", policy: String) throws -> [Bool] {
            try judge(domain(cpu, type: type), policy: policy).findings.filter { $0.rule == rule }.map(\.isFixable)
        }
        for (policy, expected) in [("migration: true", [false]), ("{default: keep, migration: true}", [true])] {
            #expect(try isFixed(passthrough, "migration-blocker", policy: policy) == expected)
            #expect(try isFixed(emulated, "emulated-host-cpu", type: "qemu", policy: policy) == expected)
        }
    }

    @Test("windows: pin states what Windows guests should have, even without a default")
    func pinned() throws {
        let xml = domain("<cpu mode='host-model'/>", windows: true)
        let found = try judge(xml, policy: "windows: pin", hosts: [HostModelOnlyTests.host("hv01")]).findings
        #expect(found.first { $0.rule == "cpu-not-default" }?.message.hasPrefix("the guest has host-model, but the policy pins it to ") == true)
    }

    @Test("Only what rewrites says that it does not rewrite some domains", arguments: ["test", "xen"])
    func notRewritten(_ type: String) throws {
        let xml = domain("<cpu mode='host-model'/>", type: type)
        var fixing = Overrides()
        fixing.fixes = true
        let words = ["\(type) domains are not rewritten: only qemu, kvm and hvf domains are"]
        #expect(try judge(xml).remarks == [])
        #expect(try judge(xml, overrides: fixing).remarks == words)
        #expect(try judge(xml, purpose: .rewrite).remarks == words)
    }
}
