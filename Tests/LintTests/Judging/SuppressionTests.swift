import DomainXML
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
}
