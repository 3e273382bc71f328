extension Rule {
    static let windowsSockets = Rule(
        id: "windows-sockets",
        severity: .warning,
        tags: [.windows],
        needs: .windows,
        summary: "a Windows client has more sockets than it can use",
        explanation: """
            Windows clients use the processors of only a few sockets: Home uses one, Pro and Education two, Pro for \
            Workstations four. They use all cores and threads of these sockets. Without `<topology>`, each vCPU is a socket, \
            so Windows 11 Pro with `<vcpu>8</vcpu>` uses two of its eight vCPUs.

            The libosinfo id tells a client from a server, but does not tell the edition. More than two sockets are too many \
            for most editions. Servers are not reported. A guest that is known to be Windows without an id can be a client or \
            a server, so there the finding is a note.

            Windows sees another topology as another CPU: change it before Windows is installed, or expect what \
            `windows-cpu-change` describes.
            """,
        examples: [
            .bad(
                "eight vCPUs without a topology",
                finds: "the guest has 8 sockets (no <topology>: each vCPU is a socket), but Windows Pro uses only 2 and Home only 1",
                .guest(
                    osinfo: "http://microsoft.com/win/11", vcpu: "↓<vcpu>8</vcpu>", machine: "pc-q35-7.2",
                    cpu: "<cpu><model>Haswell</model></cpu>")),
            .bad(
                "four sockets in the topology", finds: "the guest has 4 sockets, but Windows Pro uses only 2 and Home only 1",
                .guest(
                    osinfo: "http://microsoft.com/win/10", vcpu: "<vcpu>8</vcpu>", machine: "pc-q35-7.2",
                    cpu: """
                        <cpu>
                          <model>Haswell</model>
                          ↓<topology sockets='4' cores='1' threads='2'/>
                        </cpu>
                        """)),
            .good(
                "one socket",
                .guest(
                    osinfo: "http://microsoft.com/win/11", vcpu: "<vcpu>8</vcpu>", machine: "pc-q35-7.2",
                    cpu: """
                        <cpu>
                          <model>Haswell</model>
                          <topology sockets='1' cores='8' threads='1'/>
                        </cpu>
                        """)),
            .good(
                "a server",
                .guest(
                    osinfo: "http://microsoft.com/win/2k22", vcpu: "<vcpu>8</vcpu>", machine: "pc-q35-7.2",
                    cpu: "<cpu><model>Haswell</model></cpu>")),
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
            let why = topology.isGiven ? "" : " (no <topology>: each vCPU is a socket)"
            inspection.report(
                at: inspection.cpu?.topology?.element.span ?? inspection.domain.vcpu?.element.span ?? inspection.cpuPlace,
                as: isClient ? .warning : .note,
                "the guest has \(topology.sockets) sockets\(why), but \(isClient ? "" : "if this is a client, ")Windows Pro uses only 2 and Home only 1",
                notes: ["treated as Windows: \(evidence)"],
                help: "before Windows is installed, set <topology sockets='1' cores='\(cores)' threads='\(threads)'/>")
        })

    /// The clients among libosinfo's ids: the part after `http://microsoft.com/win/`.
    private static let clients = ["xp", "vista", "7", "8", "8.1", "10", "11"]
}
