import DomainXML
import Hosts
import Lint
import Testing

@Suite("Suppression comments")
struct SuppressionTests {
    static func guest(_ comment: String) -> String {
        """
        <domain type='kvm'>
          <!-- \(comment) -->
          <os><type arch='x86_64'>hvm</type></os>
          <cpu mode='host-passthrough'/>
        </domain>
        """
    }

    @Test("A comment can be written in several ways", arguments: [
        "virt-cpu: ignore host-passthrough - lab", "virt-cpu: ignore host-passthrough: lab",
        "virt-cpu:  ignore  cpu-not-default,host-passthrough \u{2014} lab", "virt-cpu: ignore host-passthrough cpu-not-default - a b",
    ])
    func spellings(_ comment: String) throws {
        let findings = try judge(Self.guest(comment)).findings
        #expect(findings.filter { $0.rule == "host-passthrough" || $0.rule == "suppression" } == [])
    }

    @Test("Other comments suppress nothing", arguments: [
        "ignore host-passthrough - lab", "virt-cpu ignore host-passthrough", "virt-cpu: host-passthrough - lab", "virt-cpu: ignore check-none - lab",
    ])
    func others(_ comment: String) throws {
        #expect(try judge(Self.guest(comment)).findings.contains { $0.rule == "host-passthrough" })
    }

    @Test("ignore cpu-not-default keeps filter from rewriting")
    func keeps() throws {
        let xml = Self.guest("virt-cpu: ignore cpu-not-default - lab")
        let judged = try judge(xml, policy: "default: host-model", purpose: .rewrite)
        #expect(judged.output == xml)
        #expect(!judged.findings.contains { $0.rule == "suppression" || $0.rule == "cpu-not-default" })
    }

    @Test("Comments suppress findings even if the rule suppression is off")
    func off() throws {
        let findings = try judge(Self.guest("virt-cpu: ignore host-passthrough - lab"), policy: "{default: keep, rules: {suppression: off}}").findings
        #expect(findings == [])
    }

    private func complaints(_ rules: String, before: String? = nil, hosts: [Host] = []) throws -> [Finding] {
        let xml = Self.guest("virt-cpu: ignore \(rules) - lab").replacing("host-passthrough'", with: "host-model'")
        return try judge(xml, before: before.map { _ in xml }, hosts: hosts).findings.filter { $0.rule == "suppression" }
    }

    @Test("A rule that was not judged hides nothing because nothing was compared: that is no complaint")
    func notJudged() throws {
        #expect(try complaints("windows-cpu-change").isEmpty)
        #expect(try complaints("host-incompatible").isEmpty)
        #expect(try complaints("guest-cpu-change, host-passthrough").isEmpty)
        #expect(try complaints("host-passthrough").map(\.message) == ["suppression of host-passthrough hides nothing"])
        let host = Host("h", model: "Haswell", vendor: "Intel")
        #expect(try complaints("host-incompatible", hosts: [host]).map(\.severity) == [.warning])
    }

    @Test("Where a version is compared that has the change already, a comment about changes is a note: another comparison may need it")
    func afterTheChange() throws {
        let found = try complaints("windows-cpu-change", before: "the same")
        #expect(found.map(\.severity) == [.note])
        #expect(found[0].message == "suppression of windows-cpu-change hides nothing of what changed since the earlier version")
        #expect(try complaints("host-passthrough", before: "the same").map(\.severity) == [.warning])
    }
}
