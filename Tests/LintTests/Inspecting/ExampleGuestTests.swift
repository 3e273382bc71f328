import Lint
import Testing

@Suite("Writing examples")
struct ExampleGuestTests {
    @Test("A guest is written with its ordinary parts, indented, in the order of libvirt's schema")
    func guest() {
        let guest = ExampleGuest.guest(
            type: "qemu", comment: "<!-- a comment -->", osinfo: "http://debian.org/debian/12", vcpu: "<vcpu>2</vcpu>",
            arch: "i686", machine: "q35", hyperv: "<relaxed state='on'/>",
            cpu: """
                <cpu>
                  <model>Haswell</model>
                </cpu>
                """, clock: "<clock offset='utc'/>")
        #expect(guest.xml == """
            <domain type='qemu'>
              <!-- a comment -->
              <metadata>
                <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                  <libosinfo:os id='http://debian.org/debian/12'/>
                </libosinfo:libosinfo>
              </metadata>
              <vcpu>2</vcpu>
              <os><type arch='i686' machine='q35'>hvm</type></os>
              <features><hyperv><relaxed state='on'/></hyperv></features>
              <cpu>
                <model>Haswell</model>
              </cpu>
              <clock offset='utc'/>
            </domain>
            """)
    }

    @Test("Parts that are not given are left out")
    func minimal() {
        #expect(ExampleGuest.guest().xml == """
            <domain type='kvm'>
              <os><type arch='x86_64'>hvm</type></os>
            </domain>
            """)
    }

    @Test("The marker gives the place of the finding, and is not part of the XML")
    func marker() {
        let example = RuleExample.bad("a title", finds: "a message", .guest(cpu: "<cpu>↓<model/></cpu>"))
        #expect(example.xml == ExampleGuest.guest(cpu: "<cpu><model/></cpu>").xml)
        #expect(example.finding?.place.description == "3:8" && example.finding?.message == "a message")
    }
}
