import Lint
import Testing

@Suite("windows-sockets")
struct WindowsSocketsTests {
    @Test("Clients with more than two sockets get a warning, unidentified Windows guests a note, servers nothing", arguments: [
        ("http://microsoft.com/win/11", 3, Severity.warning), ("http://microsoft.com/win/8.1", 4, .warning),
        ("http://microsoft.com/win/xp", 8, .warning), ("http://microsoft.com/win/11", 2, nil),
        ("http://microsoft.com/win/2k25", 8, nil), ("http://microsoft.com/win/2k3", 8, nil), (nil, 8, .note),
    ] as [(String?, Int, Severity?)])
    func sockets(id: String?, vcpus: Int, severity: Severity?) throws {
        let guest = ExampleGuest.guest(
            osinfo: id, vcpu: "<vcpu>\(vcpus)</vcpu>", machine: "pc-q35-7.2", hyperv: "<relaxed state='on'/>",
            cpu: cpu(model: "Haswell"))
        let found = try judge(guest.xml).findings.filter { $0.rule == "windows-sockets" }
        #expect(found.map(\.severity) == [severity].compactMap { $0 })
        let topology = "<topology sockets='1' cores='\(vcpus)' threads='1'/>"
        #expect(found.allSatisfy { $0.help?.contains(topology) == true })
    }
}
