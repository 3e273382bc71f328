import DomainXML
import Hosts
import Lint
import Testing

@Suite("Targets")
struct PlanTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var target: String
        var before: String
        /// `nil`: unchanged.
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
        Case(target: "Haswell", before: "<cpu match='strict'><model>Haswell</model></cpu>", after: "<cpu mode='custom' match='exact'><model>Haswell</model></cpu>"),
        Case(target: "Haswell", before: "<cpu><model>Haswell</model><feature policy='require' name='vmx'/></cpu>", after: "<cpu mode='custom' match='exact'><model>Haswell</model></cpu>"),
        Case(target: "{model: Haswell, fallback: forbid, features: {vmx: require}}", before: "<cpu><model>Haswell</model><feature name='vmx'/></cpu>", after: "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model><feature name='vmx'/></cpu>"),
        Case(target: "Haswell", before: passthrough, after: nil, arch: "aarch64"),
        // What speaks of hardware virtualisation on x86 has a stand-in elsewhere.
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
        Case(target: "host-model-only", before: passthrough, after: nil),  // no host known
        Case(target: "host-model", before: passthrough, after: nil, type: "xen"),
        Case(target: "host-model", before: passthrough, after: nil, type: "vmware"),
    ]

    @Test("What each target makes of a guest", arguments: cases)
    func targets(_ testCase: Case) throws {
        let before = domain(testCase.before, type: testCase.type, arch: testCase.arch)
        let output = try judge(before, policy: "default: \(testCase.target)", purpose: .rewrite).output
        guard let after = testCase.after else { return #expect(output == before) }
        let expected: String
        if testCase.before.isEmpty {
            // A missing <cpu> comes behind <features>.
            expected = before.replacing("</features>", with: "</features>\n  \(after)")
        } else if after.isEmpty {
            expected = before.replacing("\n  \(testCase.before)", with: "")
        } else {
            expected = before.replacing(testCase.before, with: after)
        }
        #expect(output == expected)
    }

    @Test("Windows guests keep their CPU unless something allows the change")
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
        #expect(findings.contains { $0.rule == "windows-rewrite-withheld" && $0.notes == ["Windows: Hyper-V enlightenments (relaxed)"] })
        // Between libvirt and the host only: the guest sees nothing of it.
        let model = domain(Self.haswell, windows: true)
        let rewritten = try judge(model, policy: "default: {model: Haswell, fallback: forbid}", purpose: .rewrite)
        #expect(rewritten.output.contains("fallback='forbid'"))
    }

    @Test("Windows: what the guest cannot see may change, what it sees may not")
    func visibility() throws {
        func isWithheld(_ cpu: String, _ target: String) throws -> Bool {
            try judge(domain(cpu, windows: true), policy: "default: \(target)", purpose: .rewrite).findings
                .contains { $0.rule == "windows-rewrite-withheld" }
        }
        // Part of the model in libvirt's map and in QEMU.
        #expect(try !isWithheld("<cpu><model>Haswell</model><feature policy='require' name='pcid'/></cpu>", "Haswell"))
        #expect(try isWithheld("<cpu><model>Haswell</model><feature policy='require' name='ssbd'/></cpu>", "Haswell"))
        #expect(try isWithheld("<cpu><model>Haswell</model></cpu>", "Haswell-IBRS"))
        #expect(try !isWithheld("<cpu><model>Haswell-v1</model></cpu>", "Haswell"))
        // libvirt's EPYC has svm, KVM's has not.
        #expect(try isWithheld("<cpu><model>EPYC</model><feature policy='require' name='svm'/></cpu>", "EPYC"))
        #expect(try isWithheld("<cpu mode='host-passthrough'><cache mode='passthrough'/></cpu>", "Haswell"))
    }

    @Test("What Windows is told by", arguments: [
        ("<metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'><l:os id='http://microsoft.com/win/10'/></l:libosinfo></metadata>", true),
        ("<metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'><l:os id='http://ubuntu.com/ubuntu/22.04'/></l:libosinfo></metadata><features><hyperv><relaxed state='on'/></hyperv></features>", false),
        ("<metadata><x:libosinfo xmlns:x='urn:other'><x:os id='http://microsoft.com/win/10'/></x:libosinfo></metadata>", false),
        ("<features><hyperv mode='passthrough'/></features>", true),
        ("<features><hyperv><relaxed state='off'/><vapic state='on'/></hyperv></features>", true),
        ("<clock offset='localtime'><timer name='hypervclock' present='yes'/></clock>", true),
        ("<clock offset='localtime'><timer name='hypervclock' present='no'/></clock>", false),
        ("<clock offset='localtime'/>", false),
        ("<name>win2k19</name><clock offset='localtime'/>", true),
        ("<name>darwin</name><clock offset='localtime'/>", false),
        ("<name>win2k19</name><clock offset='utc'/>", false),
    ])
    func evidence(_ parts: String, isWindows: Bool) throws {
        let xml = "<domain type='kvm'>\(parts)<os><type arch='x86_64'>hvm</type></os><cpu mode='host-passthrough'/></domain>"
        let findings = try judge(xml, policy: "default: host-model").findings
        #expect(findings.contains { $0.rule == "windows-rewrite-withheld" } == isWindows)
    }

    @Test("The policy can say what a guest is")
    func stated() throws {
        let linux = domain(Self.passthrough), windows = domain(Self.passthrough, windows: true)
        func isWithheld(_ xml: String, _ os: String) throws -> Bool {
            let policy = "{default: host-model, guests: [{match: {name: other}, os: other}, {match: {name: gue*}, os: \(os)}]}"
            return try judge(xml, policy: policy, purpose: .rewrite).findings.contains { $0.rule == "windows-rewrite-withheld" }
        }
        #expect(try isWithheld(linux, "windows"))
        #expect(try !isWithheld(linux, "other"))
        #expect(try !isWithheld(windows, "other"))
        #expect(try isWithheld(windows, "windows"))
    }

    @Test("Running domains are judged and never edited")
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

    @Test("Policy entries, rules and the command line, each beating the one before")
    func precedence() throws {
        let guest = domain(Self.passthrough)
        func severities(_ policy: String, _ overrides: Overrides = Overrides()) throws -> [Severity] {
            try judge(guest, policy: policy, overrides: overrides).findings.filter { $0.rule == "host-passthrough" }.map(\.severity)
        }
        #expect(try severities("default: keep") == [.warning])
        #expect(try severities("{default: keep, rules: {host-passthrough: error}}") == [.error])
        #expect(try severities("{default: keep, rules: {host-passthrough: error}, guests: [{match: {name: guest}, rules: {host-passthrough: off}}]}") == [])
        var overrides = Overrides()
        overrides.rules["host-passthrough"] = .at(.note)
        #expect(try severities("{default: keep, guests: [{match: {name: guest}, rules: {host-passthrough: off}}]}", overrides) == [.note])
        overrides.target = .maximum
        #expect(try judge(guest, policy: "{default: keep, guests: [{match: {type: kvm}, default: host-model}]}", purpose: .rewrite, overrides: overrides).output.contains("maximum"))
    }

    @Test("Findings after a rewrite speak of what is written")
    func afterwards() throws {
        let judged = try judge(domain("<cpu mode='host-passthrough'/>", type: "qemu"), policy: "default: maximum", purpose: .rewrite)
        #expect(judged.findings.map(\.rule) == ["cpu-not-default"])
        #expect(judged.findings[0].isFixed)
        let bad = try judge(domain("<cpu><feature name='a'/></cpu>"), policy: "default: host-model", purpose: .rewrite)
        #expect(!bad.findings.contains { $0.severity == .error })
    }

    @Test("Domains of another hypervisor are mentioned in the same words, so that the output can print them once")
    func remarks() throws {
        let xen = domain("", type: "xen")
        let remarks = try judge("\(xen)\n\(xen)\n\(domain("", type: "lxc"))").remarks
        #expect(remarks.count == 3)
        #expect(Set(remarks).count == 2)
    }
}
