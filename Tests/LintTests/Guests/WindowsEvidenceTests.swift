import DomainXML
import TestSupport
import Testing

@testable import Lint

@Suite("Evidence of Windows")
struct WindowsEvidenceTests {
    private func grade(_ parts: String) throws -> WindowsEvidence.Grade? {
        let xml = "<domain type='kvm'>\(parts)<os><type arch='x86_64'>hvm</type></os><cpu mode='host-passthrough'/></domain>"
        var grade: WindowsEvidence.Grade?
        try readDocuments(Array(xml.utf8)) { grade = WindowsEvidence.find(in: $0.domains[0])?.grade }
        return grade
    }

    private static func libosinfo(_ id: String, in wrapper: String = "") -> String {
        let end = wrapper.split(separator: " ").first.map { "</\($0.dropFirst())>" } ?? ""
        return "<metadata>\(wrapper)<l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'><l:os id='\(id)'/></l:libosinfo>"
            + "\(end)</metadata>"
    }

    private static let relaxed = "<features><hyperv><relaxed state='on'/></hyperv></features>"
    private static let localTime = "<clock offset='localtime'/>"

    @Test("Settings by which a Windows guest is recognised, with their grade", arguments: [
        (libosinfo("http://microsoft.com/win/10"), .certain),
        (libosinfo("http://microsoft.com/win/10", in: "<t:tool xmlns:t='urn:tool'>"), .certain),
        (libosinfo("http://ubuntu.com/ubuntu/22.04") + relaxed, nil),
        (libosinfo("http://ubuntu.com/ubuntu/22.04", in: "<t:tool xmlns:t='urn:tool'>") + relaxed, nil),
        ("<metadata><x:libosinfo xmlns:x='urn:other'><x:os id='http://microsoft.com/win/10'/></x:libosinfo></metadata>", nil),
        ("<metadata><vmtemplate xmlns='unraid' name='Windows 11' icon='windows11.png' os='windows11'/></metadata>", .certain),
        ("<metadata><vmtemplate xmlns='http://unraid' name='Mine' os='windows2016'/></metadata>", .certain),
        ("<metadata><vmtemplate xmlns='unraid' name='Linux' os='linux'/></metadata>" + relaxed, nil),
        ("<features><hyperv mode='passthrough'/></features>", .likely),
        ("<features><hyperv><relaxed state='off'/><vapic state='on'/></hyperv></features>", .likely),
        ("<features><hyperv><vendor_id state='on' value='whatever'/></hyperv></features>", nil),
        ("<features><hyperv><vendor_id state='on' value='whatever'/><vapic state='on'/></hyperv></features>", .likely),
        ("<name>debian-vm</name>" + relaxed, .possible),
        ("<clock offset='localtime'><timer name='hypervclock' present='yes'/></clock>", .likely),
        ("<clock offset='localtime'><timer name='hypervclock' present='no'/></clock>", nil),
        ("<description>Windows Server 2019 (64-bit)</description>", .likely),
        ("<description>Moved from Windows to Debian</description>", nil),
        ("<description>CentOS 7 (64-bit)</description>", nil),
        ("<description>Windows 10 (migrated from Proxmox)</description>", .likely),
        ("<description>Windows Server 2019 file server, backed up by TrueNAS</description>", .likely),
        ("<description>Windows 11 dev box with WSL Ubuntu</description>", .possible),
        ("<description>Maintenance windows: Sundays 02:00</description>", .possible),
        ("<description>Samba file server for Windows clients</description>", .possible),
        ("<description>\(String(repeating: "a\u{301}", count: 5000))</description>", nil),
        ("<title>Windows 11 Pro</title>", .likely),
    ] as [(String, WindowsEvidence.Grade?)])
    func evidence(_ parts: String, grade: WindowsEvidence.Grade?) throws { #expect(try self.grade(parts) == grade) }

    @Test("A name counts only with a clock in local time, and only if no other sign says Linux", arguments: [
        ("<name>win2k19</name>", .possible), ("<name>WINDOWS-ad</name>", .possible), ("<name>srv-win</name>", .possible),
        ("<name>w2k16</name>", .possible), ("<name>winsrv01</name>", .possible), ("<name>windc01</name>", .possible),
        ("<name>winsql01</name>", .possible), ("<name>winexch</name>", .possible),
        ("<name>win10</name><description>moved from proxmox 2024</description>", .possible),
        ("<name>darwin</name>", nil), ("<name>twin2</name>", nil), ("<name>winterfell-db</name>", nil), ("<name>winston</name>", nil),
        ("<name>ubuntu-wine</name>", nil), ("<name>win-debian</name>", nil), ("<name>db1</name>", nil), ("", nil),
        ("<name>win10</name><description>Ubuntu, for wine tests</description>", nil),
    ] as [(String, WindowsEvidence.Grade?)])
    func names(_ parts: String, grade: WindowsEvidence.Grade?) throws {
        #expect(try self.grade(parts + Self.localTime) == grade)
        #expect(try self.grade(parts) == nil, "the clock is not in local time")
    }

    @Test("A kernel of the host speaks against Windows")
    func kernel() throws {
        let os = "<os><kernel>/boot/vmlinuz</kernel></os>"
        #expect(try grade("<name>win10</name>" + Self.localTime + os) == nil)
        #expect(try grade(Self.relaxed + os) == .possible)
    }

    @Test("The severity of what concerns only Windows follows the grade", arguments: [
        ("<relaxed state='on'/>", "vm", Severity.error), ("<relaxed state='on'/>", "debian", .warning),
    ])
    func severity(hyperv: String, name: String, severity: Severity) throws {
        func guest(_ model: String) -> String {
            "<domain type='kvm'><name>\(name)</name><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"
                + "<features><hyperv>\(hyperv)</hyperv></features><cpu><model>\(model)</model></cpu></domain>"
        }
        let found = try judge(guest("EPYC-IBPB"), before: guest("EPYC"), policy: "default: keep").findings
            .filter { $0.rule == "windows-cpu-change" }
        #expect(found.map(\.severity) == [severity])
    }
}
