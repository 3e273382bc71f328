import Lint
import Reports
import TestSupport
import Testing

@Suite("What a guest sees")
struct GuestTableTests {
    private func text(_ xml: String) throws -> String {
        let record = try records(xml)[0]
        return GuestTable.text(record, GuestDescription(record, on: StartCheck(hosts: [])))
    }

    @Test("The facts in a column, then a feature per line")
    func whole() throws {
        let text = try text(Definitions.guest("<cpu><model>EPYC-IBPB</model><feature name='ibpb' policy='disable'/></cpu>"))
        #expect(text.hasPrefix("g:\n  runs on"))
        // As QEMU 7.2 has it.
        #expect(text.contains("brand string  AMD EPYC Processor (with IBPB)\n"))
        #expect(text.contains("\n  aes\n"))
        #expect(!text.contains("\n  ibpb\n"))
    }

    @Test("A guest goes by its name, else by its UUID; one without either is called so")
    func names() throws {
        let uuid = "c7a5fdbd-edaf-9455-926a-d65c16db1809"
        #expect(try text("<domain type='kvm'><name>web</name><uuid>\(uuid)</uuid></domain>").hasPrefix("web:\n"))
        #expect(try text("<domain type='kvm'><uuid>\(uuid)</uuid></domain>").hasPrefix("\(uuid.replacing("-", with: "")):\n"))
        #expect(try text("<domain type='kvm'/>").hasPrefix("a domain without a name:\n"))
        #expect(try text(Definitions.guest("", name: "a\u{9b}b")).hasPrefix("a\u{fffd}b:\n"))
    }
}
