extension Rule {
    static let windowsSockets = Rule(
        id: "windows-sockets",
        severity: .warning,
        needs: .windows,
        summary: "a Windows client has more sockets than it uses",
        explanation: """
            Windows clients use the processors of few sockets: Home of one, Pro and Education of two, Pro for \
            Workstations of four. Cores and threads they use all. Without `<topology>` each vCPU is a socket, so that \
            Windows 11 Pro with `<vcpu>8</vcpu>` runs on two of its eight.

            The libosinfo id tells a client from a server, but not the edition; more than two sockets are too many for \
            most. Servers are not meant. Where the guest is known for Windows without an id, it may be either, and it \
            is a note.

            Another topology is another CPU to Windows: change it before Windows is installed, or expect what \
            `windows-cpu-change` says.
            """,
        examples: [
            .bad(
                "eight vCPUs, no topology",
                """
                <domain type='kvm'>
                  <metadata>
                    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                      <libosinfo:os id='http://microsoft.com/win/11'/>
                    </libosinfo:libosinfo>
                  </metadata>
                  <vcpu>8</vcpu>
                  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                  <cpu><model>Haswell</model></cpu>
                </domain>
                """),
            .bad(
                "four sockets in the topology",
                """
                <domain type='kvm'>
                  <metadata>
                    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                      <libosinfo:os id='http://microsoft.com/win/10'/>
                    </libosinfo:libosinfo>
                  </metadata>
                  <vcpu>8</vcpu>
                  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                  <cpu>
                    <model>Haswell</model>
                    <topology sockets='4' cores='1' threads='2'/>
                  </cpu>
                </domain>
                """),
            .good(
                "one socket",
                """
                <domain type='kvm'>
                  <metadata>
                    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                      <libosinfo:os id='http://microsoft.com/win/11'/>
                    </libosinfo:libosinfo>
                  </metadata>
                  <vcpu>8</vcpu>
                  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                  <cpu>
                    <model>Haswell</model>
                    <topology sockets='1' cores='8' threads='1'/>
                  </cpu>
                </domain>
                """),
            .good(
                "a server",
                """
                <domain type='kvm'>
                  <metadata>
                    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                      <libosinfo:os id='http://microsoft.com/win/2k22'/>
                    </libosinfo:libosinfo>
                  </metadata>
                  <vcpu>8</vcpu>
                  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                  <cpu><model>Haswell</model></cpu>
                </domain>
                """),
        ],
        check: { inspection in
            let guest = inspection.guest
            guard let evidence = guest.windows, guest.isManaged else { return }
            let topology = Topology(guest)
            guard topology.sockets > 2 else { return }
            let isClient: Bool
            if let id = guest.osinfoID, id.contains("://microsoft.com/") {
                guard clients.contains(String(id.drop { $0 != ":" }.dropFirst("://microsoft.com/win/".count))) else { return }
                isClient = true
            } else {
                isClient = false
            }
            let threads = max(topology.threads, 1)
            let cores = max(topology.maximumVCPUs / threads, 1)
            let why = topology.isGiven ? "" : " (no <topology>: each vCPU is one)"
            inspection.report(
                at: inspection.cpu?.topology?.element.span ?? inspection.domain.vcpu?.element.span ?? inspection.cpuPlace,
                as: isClient ? .warning : .note,
                "\(topology.sockets) sockets\(why): \(isClient ? "" : "if this is a client, ")Windows Pro uses 2, Home 1",
                notes: ["Windows: \(evidence)"],
                help: "before Windows is installed: <topology sockets='1' cores='\(cores)' threads='\(threads)'/>")
        })

    /// The last part of libosinfo's ids `http://microsoft.com/win/…` of clients.
    private static let clients = ["xp", "vista", "7", "8", "8.1", "10", "11"]
}
