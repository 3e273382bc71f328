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
        // Three and four sockets are right for Pro for Workstations, which the id does not tell from Pro.
        #expect(found.allSatisfy { $0.message.hasSuffix("Windows Home uses only 1, Pro 2 and Pro for Workstations 4") })
    }

    @Test("The number of sockets is that of the edition, where a title, description, template or name tells it", arguments: [
        ("<title>Windows 11 Pro</title>", 3, "Windows Pro uses only 2"), ("<title>Windows 11 Pro</title>", 2, nil),
        ("<description>Windows 10 Home</description>", 2, "Windows Home uses only 1"),
        ("<description>Windows 10 Pro for Workstations</description>", 4, nil),
        ("<description>Windows 10 Pro for Workstations</description>", 5, "Windows Pro for Workstations uses only 4"),
        ("<description>Microsoft Windows 8.1 Education</description>", 4, "Windows Education uses only 2"),
        ("<description>Windows Server 2019 (64-bit)</description>", 8, nil),
        ("<metadata><vmtemplate xmlns='unraid' os='windows2022'/></metadata>", 8, nil),
        ("<metadata><vmtemplate xmlns='unraid' os='windows11'/></metadata>", 4, "Windows Home uses only 1, Pro 2 and Pro for Workstations 4"),
        ("<name>win11-pro</name>", 4, "Windows Pro uses only 2"), ("<name>win10-home</name>", 2, nil),
        ("<name>win2k19</name>", 8, nil), ("<name>w2k16-dc</name>", 8, nil), ("<name>winsrv</name>", 8, nil),
    ] as [(String, Int, String?)])
    func editions(parts: String, sockets: Int, words: String?) throws {
        let xml = "<domain type='kvm'>\(parts)<vcpu>\(sockets)</vcpu><os><type arch='x86_64'>hvm</type></os>"
            + "<features><hyperv><relaxed state='on'/></hyperv></features><cpu><model>Haswell</model></cpu></domain>"
        let found = try judge(xml).findings.filter { $0.rule == "windows-sockets" }
        #expect(found.map { $0.message.components(after: "but ") } == [words].compactMap { $0 })
        #expect(found.allSatisfy { $0.severity == .warning })
    }

    @Test("How many sockets Enterprise uses is not documented, so the finding is a note")
    func enterprise() throws {
        let guest = ExampleGuest.guest(
            osinfo: "http://microsoft.com/win/11", vcpu: "<vcpu>4</vcpu>", machine: "pc-q35-7.2", cpu: cpu(model: "Haswell"))
        let xml = guest.xml.replacing("<vcpu>", with: "<title>Windows 11 Enterprise</title><vcpu>")
        let found = try judge(xml).findings.filter { $0.rule == "windows-sockets" }
        #expect(found.map(\.severity) == [.note] && found[0].message.contains("Windows Enterprise may use fewer"))
    }
}

extension String {
    fileprivate func components(after word: String) -> String {
        firstRange(of: word).map { String(self[$0.upperBound...]) } ?? self
    }
}
