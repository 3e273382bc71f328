import DomainXML
import Hosts
import Lint
import Testing

@Suite("What targets make of guests")
struct PlannerTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var target: String
        var before: String
        /// Nil if the domain stays as it is.
        var after: String?
        var type = "kvm"
        var arch = "x86_64"
        var testDescription: String { "\(target): \(type) \(arch) \(before)" }
    }

    static let passthrough = "<cpu mode='host-passthrough' check='none' migratable='on'/>"
    static let haswell = "<cpu mode='custom' match='exact' check='partial'><model fallback='allow'>Haswell</model></cpu>"
    static let written = "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>"

    static let cases: [Case] = [
        Case(target: "keep", before: passthrough, after: nil),
        Case(target: "host-model", before: passthrough, after: "<cpu mode='host-model'/>"),
        Case(target: "host-model", before: "<cpu mode='host-model' check='partial'/>", after: nil),
        Case(target: "host-model", before: passthrough, after: "<cpu mode='host-model'/>", type: "qemu"),
        Case(target: "host-model", before: passthrough, after: nil, arch: "aarch64"),
        Case(target: "host-model", before: "<cpu mode='host-model'><model>power8</model></cpu>", after: nil, arch: "ppc64le"),
        Case(target: "host-passthrough", before: haswell, after: "<cpu mode='host-passthrough'/>"),
        Case(target: "host-passthrough", before: haswell, after: nil, type: "qemu"),
        Case(target: "host-passthrough", before: haswell, after: "<cpu mode='host-passthrough'/>", type: "hvf"),
        Case(target: "maximum", before: haswell, after: "<cpu mode='maximum'/>", type: "qemu"),
        Case(target: "hv-default", before: haswell, after: ""),
        Case(target: "hv-default", before: written, after: nil),
        Case(target: "hv-default", before: "<cpu><topology sockets='1' cores='1' threads='1'/></cpu>", after: nil),
        Case(target: "clear", before: "<cpu mode='maximum'><numa><cell id='0' cpus='0' memory='1'/></numa></cpu>", after: "<cpu><numa><cell id='0' cpus='0' memory='1'/></numa></cpu>"),
        Case(target: "Haswell", before: haswell, after: nil),
        // libvirt would not start the model under check='full'.
        Case(target: "Haswell", before: "<cpu mode='custom' match='exact' check='full'><model>Haswell</model></cpu>", after: "<cpu mode='custom' match='exact'><model>Haswell</model></cpu>"),
        Case(target: "host-model", before: "<cpu mode='host-model' check='full'/>", after: nil),
        Case(target: "Haswell", before: "<cpu match='strict'><model>Haswell</model></cpu>", after: "<cpu mode='custom' match='exact'><model>Haswell</model></cpu>"),
        Case(target: "Haswell", before: "<cpu><model>Haswell</model><feature policy='require' name='vmx'/></cpu>", after: "<cpu mode='custom' match='exact'><model>Haswell</model></cpu>"),
        Case(target: "{model: Haswell, fallback: forbid, features: {vmx: require}}", before: "<cpu><model>Haswell</model><feature name='vmx'/></cpu>", after: "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model><feature name='vmx'/></cpu>"),
        Case(target: "Haswell", before: passthrough, after: nil, arch: "aarch64"),
        // Targets that apply only to hardware virtualisation on x86 have substitutes elsewhere.
        Case(target: "host-model-only", before: haswell, after: "<cpu mode='maximum'/>", type: "qemu"),
        Case(target: "pin", before: "<cpu mode='host-model'/>", after: "<cpu mode='maximum'/>", type: "qemu", arch: "riscv64"),
        Case(target: "pin", before: haswell, after: nil),
        Case(target: "pin", before: haswell, after: nil, type: "qemu"),
        Case(target: "maximum", before: "<cpu mode='host-model'/>", after: nil, type: "qemu", arch: "ppc64le"),
        Case(target: "host-model-only", before: "<cpu mode='host-model'/>", after: nil, type: "qemu", arch: "sparc"),
        Case(target: "baseline", before: "", after: "<cpu mode='host-passthrough'/>", arch: "aarch64"),
        Case(target: "host-model-only", before: "", after: "<cpu mode='host-passthrough'/>", arch: "loongarch64"),
        Case(target: "host-model-only", before: passthrough, after: "<cpu mode='host-model'/>", arch: "s390x"),
        Case(target: "host-model-only", before: passthrough, after: "<cpu mode='host-model'/>", arch: "ppc64le"),
        Case(target: "host-model-only", before: passthrough, after: nil),  // no host is known
        Case(target: "host-model", before: passthrough, after: nil, type: "xen"),
        Case(target: "host-model", before: passthrough, after: nil, type: "vmware"),
    ]

    @Test("Each target gives the expected CPU", arguments: cases)
    func targets(_ testCase: Case) throws {
        let before = domain(testCase.before, type: testCase.type, arch: testCase.arch)
        let output = try judge(before, policy: "default: \(testCase.target)", purpose: .rewrite).output
        guard let after = testCase.after else { return #expect(output == before) }
        let expected: String
        if testCase.before.isEmpty {
            // A new <cpu> is inserted after <features>.
            expected = before.replacing("</features>", with: "</features>\n  \(after)")
        } else if after.isEmpty {
            expected = before.replacing("\n  \(testCase.before)", with: "")
        } else {
            expected = before.replacing(testCase.before, with: after)
        }
        #expect(output == expected)
    }

    @Test("A Windows guest keeps its CPU unless the policy or --new-guest allows the change")
    func windows() throws {
        let guest = domain(Self.passthrough, windows: true)
        func output(_ policy: String, isNew: Bool = false) throws -> String {
            var overrides = Overrides()
            overrides.isNewGuest = isNew
            return try judge(guest, policy: policy, purpose: .rewrite, overrides: overrides).output
        }
        let changed = domain("<cpu mode='host-model'/>", windows: true)
        #expect(try output("default: host-model") == guest)
        #expect(try output("default: host-model", isNew: true) == changed)
        #expect(try output("{default: host-model, windows: rewrite}") == changed)
        #expect(try output("{default: host-model, guests: [{match: {name: 'gu*', os: windows}, windows: rewrite}]}") == changed)
        #expect(try output("{default: host-model, guests: [{match: {name: 'other'}, windows: rewrite}]}") == guest)
        let findings = try judge(guest, policy: "default: host-model", purpose: .rewrite).findings
        #expect(findings.contains { $0.rule == "windows-rewrite-withheld" && $0.notes.first == "treated as Windows: likely, by Hyper-V enlightenments (relaxed)" })
        // `fallback` concerns only libvirt and the host, so the guest does not notice the change.
        let model = domain(Self.haswell, windows: true)
        let rewritten = try judge(model, policy: "default: {model: Haswell, fallback: forbid}", purpose: .rewrite)
        #expect(rewritten.output.contains("fallback='forbid'"))
    }

    @Test("A Windows guest is rewritten if it cannot notice the change")
    func visibility() throws {
        func isWithheld(_ cpu: String, _ target: String) throws -> Bool {
            try judge(domain(cpu, windows: true), policy: "default: \(target)", purpose: .rewrite).findings
                .contains { $0.rule == "windows-rewrite-withheld" }
        }
        // pcid is part of the model, in the CPU map and in QEMU.
        #expect(try !isWithheld("<cpu><model>Haswell</model><feature policy='require' name='pcid'/></cpu>", "Haswell"))
        #expect(try isWithheld("<cpu><model>Haswell</model><feature policy='require' name='ssbd'/></cpu>", "Haswell"))
        #expect(try isWithheld("<cpu><model>Haswell</model></cpu>", "Haswell-IBRS"))
        #expect(try !isWithheld("<cpu><model>Haswell-v1</model></cpu>", "Haswell"))
        // EPYC has svm in the CPU map, but not under KVM.
        #expect(try isWithheld("<cpu><model>EPYC</model><feature policy='require' name='svm'/></cpu>", "EPYC"))
        #expect(try isWithheld("<cpu mode='host-passthrough'><cache mode='passthrough'/></cpu>", "Haswell"))
    }

    @Test("Running domains are judged but never edited")
    func running() throws {
        let inner = domain(Self.passthrough)
        for xml in ["<domstatus state='running'>\n\(inner)</domstatus>", "<domainsnapshot><state>running</state>\(inner)</domainsnapshot>"] {
            let judged = try judge(xml, policy: "default: host-model", purpose: .rewrite)
            #expect(judged.output == xml)
            #expect(judged.findings.contains { $0.rule == "host-passthrough" })
        }
        let both = "<domainsnapshot><state>running</state>\(inner)<inactiveDomain type='kvm'>\n<os><type>hvm</type></os>\n<cpu mode='maximum'/></inactiveDomain></domainsnapshot>"
        #expect(try judge(both, policy: "default: host-model", purpose: .rewrite).output == both.replacing("<cpu mode='maximum'/>", with: "<cpu mode='host-model'/>"))
    }
}
