import DomainXML
import Testing

@testable import Lint

@Suite("Evidence of Windows")
struct WindowsEvidenceTests {
    @Test("Settings by which a Windows guest is recognised", arguments: [
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
}
