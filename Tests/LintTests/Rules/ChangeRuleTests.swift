import Lint
import Testing

@Suite("windows-cpu-change and guest-cpu-change")
struct ChangeRuleTests {
    private let haswell = cpu(model: "Haswell")
    private let epyc = cpu(model: "EPYC")
    private let ruleIDs: Set = ["windows-cpu-change", "guest-cpu-change"]

    private func found(
        _ before: String?, _ after: String, policy: String = "default: keep", overrides: Overrides = Overrides()
    ) throws -> [Finding] {
        try judge(after, before: before, policy: policy, overrides: overrides).findings.filter { ruleIDs.contains($0.rule) }
    }

    @Test("For Windows it is an error that names the evidence, the old and new values, and the risk of reactivation")
    func windows() throws {
        let found = try found(domain(haswell, windows: true), domain(epyc, windows: true))
        let finding = try #require(found.first)
        #expect(found.count == 1)
        #expect(finding.rule == "windows-cpu-change" && finding.severity == .error)
        #expect(finding.message == "Windows sees a different CPU: Haswell → EPYC; this can trigger reactivation")
        #expect(finding.notes.contains("brand string: Intel Core Processor (Haswell) → AMD EPYC Processor"))
        #expect(finding.notes.contains("treated as Windows: likely, by Hyper-V enlightenments (relaxed)"))
        #expect(finding.notes.contains("earlier version: before.xml"))
        #expect(finding.sourceLine.contains("<cpu"))
    }

    @Test("For other guests it is a note")
    func others() throws {
        let found = try found(domain(haswell), domain(epyc))
        #expect(found.map(\.rule) == ["guest-cpu-change"] && found.map(\.severity) == [.note])
    }

    @Test("Without an earlier version, and for a guest that had none, nothing is reported", arguments: [nil, ""] as [String?])
    func silent(before: String?) throws {
        #expect(try found(before, domain(epyc, windows: true)) == [])
    }

    @Test("With --new-guest nothing is installed yet, so nothing is reported")
    func newGuest() throws {
        var overrides = Overrides()
        overrides.isNewGuest = true
        #expect(try found(domain(haswell, windows: true), domain(epyc, windows: true), overrides: overrides) == [])
    }

    @Test("A Windows guest that is new in the repository is rewritten, one that was there before is not")
    func installed() throws {
        let xml = domain(haswell, windows: true), policy = "default: host-model"
        #expect(try judge(xml, before: "", policy: policy, purpose: .rewrite).output.contains("mode='host-model'"))
        #expect(try judge(xml, before: xml, policy: policy, purpose: .rewrite).output == xml)
    }

    @Test("A rewrite that gives Windows back the CPU of its earlier version is not withheld")
    func restored() throws {
        let before = domain(haswell, windows: true), after = domain("<cpu mode='host-passthrough'/>", windows: true)
        let policy = "default: {model: Haswell, fallback: forbid}"
        #expect(try judge(after, before: before, policy: policy, purpose: .rewrite).output.contains("Haswell"))
        #expect(try judge(after, policy: policy, purpose: .rewrite).output == after)
        let withheld = try judge(after, before: domain(epyc, windows: true), policy: policy).findings
        #expect(withheld.contains { $0.rule == "windows-rewrite-withheld" })
    }

    @Test("A guest that has lost the evidence for Windows is still Windows, unless the policy says otherwise, or an id where it was a guess")
    func evidence() throws {
        let before = domain(haswell, windows: true)
        #expect(try found(before, domain(haswell)).map(\.rule) == ["windows-cpu-change"])
        let other = "{default: keep, guests: [{match: {name: guest}, os: other}]}"
        #expect(try found(before, domain(haswell), policy: other).map(\.rule) == ["guest-cpu-change"])
        func stated(_ id: String, _ text: String) -> String {
            text.replacing("<name>", with: """
                <metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>\
                <libosinfo:os id='\(id)'/></libosinfo:libosinfo></metadata><name>
                """)
        }
        // Another id, or a title that names another system, can come with the change to hide it.
        let certain = stated("http://microsoft.com/win/11", domain(haswell))
        for before in [before, certain] {
            let found = try found(before, stated("http://debian.org/debian/12", domain(epyc)))
            #expect(found.map(\.rule) == ["windows-cpu-change"])
            #expect(found.map(\.severity) == [.error])
        }
        let titled = domain(epyc, windows: true).replacing("<name>", with: "<title>Debian Linux</title><name>")
        #expect(try found(certain, titled).map(\.severity) == [.error])
        let guess = domain(haswell).replacing("<name>guest", with: "<clock offset='localtime'/><name>win11")
        let linux = stated("http://debian.org/debian/12", domain(epyc)).replacing("<name>guest", with: "<name>win11")
        #expect(try found(guess, linux).map(\.rule) == ["guest-cpu-change"])
        let windows = "{default: keep, guests: [{match: {name: guest}, os: windows}]}"
        #expect(try found(domain(haswell), domain(epyc), policy: windows).map(\.rule) == ["windows-cpu-change"])
    }

    @Test("Without a known host, and for more vCPUs or another enlightenment, it is a warning")
    func minor() throws {
        let unknown = try found(domain("<cpu mode='host-model'/>", windows: true), domain(haswell, windows: true))
        #expect(unknown.map(\.severity) == [.warning])
        #expect(unknown[0].message.contains("no host is given") && unknown[0].message.contains("can trigger reactivation"))
        #expect(unknown[0].help?.contains("--host") == true)
        let xml = domain(haswell, windows: true)
        let more = xml.replacing("<relaxed state='on'/>", with: "<relaxed state='on'/><vapic state='on'/>")
        #expect(try found(xml, more).map(\.severity) == [.warning])
        let vcpus = xml.replacing("<name>", with: "<vcpu>2</vcpu><name>")
        #expect(try found(xml, vcpus).map(\.severity) == [.warning])
    }

    @Test("The policy sets the severity, and a comment suppresses the finding, as for any other rule")
    func settings() throws {
        let before = domain(haswell, windows: true), after = domain(epyc, windows: true)
        let policy = "{default: keep, rules: {windows-cpu-change: note}}"
        #expect(try found(before, after, policy: policy).map(\.severity) == [.note])
        let comment = "<!-- virt-cpu: ignore windows-cpu-change - reinstalled --><name>"
        let commented = after.replacing("<name>", with: comment)
        let findings = try judge(commented, before: before).findings
        #expect(!findings.contains { ruleIDs.contains($0.rule) || $0.rule == "suppression" })
        // Without an earlier version the comment may still be needed. With one that is the same, it hides nothing.
        #expect(try judge(commented).findings.contains { $0.rule == "suppression" } == false)
        #expect(try judge(commented, before: commented).findings.contains { $0.rule == "suppression" })
    }

    @Test("A rewritten guest is compared with its earlier version, not with what the rewrite replaced")
    func rewritten() throws {
        let before = domain(haswell), after = domain(epyc)
        let judged = try judge(after, before: before, policy: "default: {model: Haswell}", purpose: .rewrite)
        #expect(!judged.findings.contains { ruleIDs.contains($0.rule) })
        let other = try judge(after, before: before, policy: "default: {model: Penryn}", purpose: .rewrite)
        #expect(other.findings.contains { $0.message.contains("Haswell → Penryn") })
    }

    @Test("Nested virtualisation that is turned on or off is named first", arguments: [
        ("EPYC", "svm"), ("Haswell", "vmx"),
    ])
    func nested(model: String, feature: String) throws {
        let without = domain(cpu(model: model))
        let with = domain(cpu(model: model, "<feature policy='require' name='\(feature)'/>"))
        #expect(try found(without, with)[0].message == "the guest sees a different CPU: nested virtualisation: off → on (\(feature))")
        #expect(try found(with, without)[0].message == "the guest sees a different CPU: nested virtualisation: on (\(feature)) → off")
    }

    @Test("Without hosts, svm added to host-model is reported with what KVM does about it")
    func nestedHostModel() throws {
        let found = try found(
            domain("<cpu mode='host-model'/>"), domain("<cpu mode='host-model'><feature policy='require' name='svm'/></cpu>"))
        #expect(found.count == 1)
        #expect(found[0].message.hasPrefix("the guest may see a different CPU: nested virtualisation (svm): as on the host → on"))
        #expect(found[0].message.contains("KVM leaves svm out of host-model"))
    }
}
