import CPUModel
import Hosts
import Lint
import Testing

@Suite("Rules about change")
struct ChangeRuleTests {
    private let haswell = "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model></cpu>"
    private let epyc = "<cpu mode='custom' match='exact'><model fallback='forbid'>EPYC</model></cpu>"
    private let ruleIDs: Set = ["windows-cpu-change", "guest-cpu-change"]

    private func found(
        _ before: String?, _ after: String, policy: String = "default: keep", overrides: Overrides = Overrides()
    ) throws -> [Finding] {
        try judge(after, before: before, policy: policy, overrides: overrides).findings.filter { ruleIDs.contains($0.rule) }
    }

    @Test("Windows: an error that names evidence, what, from what and to what, and says that it can trigger reactivation")
    func windows() throws {
        let found = try found(domain(haswell, windows: true), domain(epyc, windows: true))
        let finding = try #require(found.first)
        #expect(found.count == 1)
        #expect(finding.rule == "windows-cpu-change" && finding.severity == .error)
        #expect(finding.message == "the CPU that Windows sees changed: Haswell → EPYC; that can trigger reactivation")
        #expect(finding.notes.contains("brand string: Intel Core Processor (Haswell) → AMD EPYC Processor"))
        #expect(finding.notes.contains("Windows: Hyper-V enlightenments (relaxed)"))
        #expect(finding.notes.contains("earlier version: before.xml"))
        #expect(finding.sourceLine.contains("<cpu"))
    }

    @Test("Other guests: a note")
    func others() throws {
        let found = try found(domain(haswell), domain(epyc))
        #expect(found.map(\.rule) == ["guest-cpu-change"] && found.map(\.severity) == [.note])
    }

    @Test("Nobody asked, or the guest is new: nothing is said", arguments: [nil, ""] as [String?])
    func silent(before: String?) throws {
        #expect(try found(before, domain(epyc, windows: true)) == [])
    }

    @Test("Nothing is installed with --new-guest: nothing is said")
    func newGuest() throws {
        var overrides = Overrides()
        overrides.isNewGuest = true
        #expect(try found(domain(haswell, windows: true), domain(epyc, windows: true), overrides: overrides) == [])
    }

    @Test("A guest that is new in the repository is rewritten, one that was there is not")
    func installed() throws {
        let xml = domain(haswell, windows: true), policy = "default: host-model"
        #expect(try judge(xml, before: "", policy: policy, purpose: .rewrite).output.contains("mode='host-model'"))
        #expect(try judge(xml, before: xml, policy: policy, purpose: .rewrite).output == xml)
    }

    @Test("Windows gets back what it was installed on: that rewrite is not withheld")
    func restored() throws {
        let before = domain(haswell, windows: true), after = domain("<cpu mode='host-passthrough'/>", windows: true)
        let policy = "default: {model: Haswell, fallback: forbid}"
        #expect(try judge(after, before: before, policy: policy, purpose: .rewrite).output.contains("Haswell"))
        #expect(try judge(after, policy: policy, purpose: .rewrite).output == after)
        let withheld = try judge(after, before: domain(epyc, windows: true), policy: policy).findings
        #expect(withheld.contains { $0.rule == "windows-rewrite-withheld" })
    }

    @Test("Windows that was known by what has gone is Windows still, unless it says otherwise")
    func evidence() throws {
        let before = domain(haswell, windows: true)
        #expect(try found(before, domain(haswell)).map(\.rule) == ["windows-cpu-change"])
        #expect(try found(before, domain(haswell), policy: "{default: keep, guests: [{match: {name: guest}, os: other}]}").map(\.rule) == ["guest-cpu-change"])
        let linux = domain(haswell).replacing("<name>", with: """
            <metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>\
            <libosinfo:os id='http://debian.org/debian/12'/></libosinfo:libosinfo></metadata><name>
            """)
        #expect(try found(before, linux).map(\.rule) == ["guest-cpu-change"])
        #expect(try found(domain(haswell), domain(epyc), policy: "{default: keep, guests: [{match: {name: guest}, os: windows}]}").map(\.rule) == ["windows-cpu-change"])
    }

    @Test("What cannot be known, more vCPUs and another enlightenment are warnings")
    func minor() throws {
        let unknown = try found(domain("<cpu mode='host-model'/>", windows: true), domain(haswell, windows: true))
        #expect(unknown.map(\.severity) == [.warning])
        #expect(unknown[0].message.contains("no host is known") && unknown[0].message.contains("can trigger reactivation"))
        #expect(unknown[0].help?.contains("--host") == true)
        let xml = domain(haswell, windows: true)
        let more = xml.replacing("<relaxed state='on'/>", with: "<relaxed state='on'/><vapic state='on'/>")
        #expect(try found(xml, more).map(\.severity) == [.warning])
        let vcpus = xml.replacing("<name>", with: "<vcpu>2</vcpu><name>")
        #expect(try found(xml, vcpus).map(\.severity) == [.warning])
    }

    @Test("Policies and comments rule it as any other")
    func settings() throws {
        let before = domain(haswell, windows: true), after = domain(epyc, windows: true)
        let policy = "{default: keep, rules: {windows-cpu-change: note}}"
        #expect(try found(before, after, policy: policy).map(\.severity) == [.note])
        let comment = "<!-- virt-cpu: ignore windows-cpu-change - reinstalled --><name>"
        let findings = try judge(after.replacing("<name>", with: comment), before: before).findings
        #expect(!findings.contains { ruleIDs.contains($0.rule) || $0.rule == "suppression" })
        // Where nobody asked for changes it may well be needed; where there is none any more it would hide the next.
        let commented = after.replacing("<name>", with: comment)
        #expect(try judge(commented).findings.contains { $0.rule == "suppression" } == false)
        #expect(try judge(commented, before: commented).findings.contains { $0.rule == "suppression" })
    }

    @Test("A rewrite is held against the earlier version, not what it replaces")
    func rewritten() throws {
        let before = domain(haswell), after = domain(epyc)
        let judged = try judge(after, before: before, policy: "default: {model: Haswell}", purpose: .rewrite)
        #expect(!judged.findings.contains { ruleIDs.contains($0.rule) })
        let other = try judge(after, before: before, policy: "default: {model: Penryn}", purpose: .rewrite)
        #expect(other.findings.contains { $0.message.contains("Haswell → Penryn") })
    }

    @Test("Sockets of Windows clients", arguments: [
        ("http://microsoft.com/win/11", 3, Severity.warning), ("http://microsoft.com/win/8.1", 4, .warning),
        ("http://microsoft.com/win/xp", 8, .warning), ("http://microsoft.com/win/11", 2, nil),
        ("http://microsoft.com/win/2k25", 8, nil), ("http://microsoft.com/win/2k3", 8, nil), (nil, 8, .note),
    ] as [(String?, Int, Severity?)])
    func sockets(id: String?, vcpus: Int, severity: Severity?) throws {
        let metadata = id.map {
            "<metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'><l:os id='\($0)'/></l:libosinfo></metadata>"
        }
        let xml = domain(haswell, windows: true).replacing("<name>", with: "\(metadata ?? "")<vcpu>\(vcpus)</vcpu><name>")
        let found = try judge(xml).findings.filter { $0.rule == "windows-sockets" }
        #expect(found.map(\.severity) == (severity.map { [$0] } ?? []))
        if severity != nil { #expect(found[0].help?.contains("<topology sockets='1' cores='\(vcpus)' threads='1'/>") == true) }
    }
}
