import Hosts
import Lint
import Testing

@Suite("deprecated-machine")
struct DeprecatedMachineTests {
    @Test("Hosts whose QEMU is not known say nothing about a machine type, so it is judged as without hosts")
    func unknownQEMU() throws {
        let xml = domain("<cpu mode='host-model'/>", machine: "pc-q35-2.10")
        func found(_ hosts: Host...) throws -> [Finding] { try judge(xml, hosts: hosts).findings.filter { $0.rule == "deprecated-machine" } }
        #expect(try found().count == 1)
        #expect(try found(Host("a", model: "Haswell", vendor: "Intel")).map(\.message) == found().map(\.message))
    }
}
