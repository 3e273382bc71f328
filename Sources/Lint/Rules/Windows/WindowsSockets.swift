extension Rule {
    static let windowsSockets = Rule(
        id: "windows-sockets",
        severity: .warning,
        worst: .warning,
        tags: [.windows],
        needs: .windows,
        summary: "a Windows client has more sockets than it can use",
        explanation: """
            Windows clients use the processors of only a few sockets: Home uses one, Pro and Education two, Pro for \
            Workstations four. They use all cores and threads of these sockets. Without `<topology>`, each vCPU is a \
            socket, so Windows 11 Pro with `<vcpu>8</vcpu>` uses two of its eight vCPUs.

            The libosinfo id tells a client from a server, but not the edition. A title or description that names it \
            ("Windows 11 Pro"), and a name such as `win11-pro`, do. Where the edition is unknown, more than two sockets \
            are too many for most. Servers are not reported. A guest of which it is unknown whether it is a client or a \
            server gets a note, and so does Windows Enterprise, for which no number is documented.

            Windows sees another topology as another CPU: change it before Windows is installed, or expect what \
            `windows-cpu-change` describes.
            """,
        examples: [
            .bad(
                "eight vCPUs without a topology",
                finds: "the guest has 8 sockets (no <topology>: each vCPU is a socket), but Windows Home uses only 1, "
                    + "Pro 2 and Pro for Workstations 4",
                .guest(
                    osinfo: "http://microsoft.com/win/11", vcpu: "↓<vcpu>8</vcpu>", machine: "pc-q35-7.2",
                    cpu: "<cpu><model>Haswell</model></cpu>")),
            .bad(
                "four sockets in the topology",
                finds: "the guest has 4 sockets, but Windows Home uses only 1, Pro 2 and Pro for Workstations 4",
                .guest(
                    osinfo: "http://microsoft.com/win/10", vcpu: "<vcpu>8</vcpu>", machine: "pc-q35-7.2",
                    cpu: """
                        <cpu>
                          <model>Haswell</model>
                          ↓<topology sockets='4' cores='1' threads='2'/>
                        </cpu>
                        """)),
            .bad(
                "an edition that the description names",
                finds: "the guest has 2 sockets, but Windows Home uses only 1",
                """
                <domain type='kvm'>
                  <description>Windows 11 Home</description>
                  <vcpu>4</vcpu>
                  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                  <cpu>
                    <model>Haswell</model>
                    ↓<topology sockets='2' cores='2' threads='1'/>
                  </cpu>
                </domain>
                """),
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
            let edition = WindowsEdition.find(guest)
            guard edition != .server, topology.sockets > edition.used else { return }
            let threads = max(topology.threads, 1)
            let cores = max(topology.maximumVCPUs / threads, 1)
            let why = topology.isGiven ? "" : " (no <topology>: each vCPU is a socket)"
            inspection.report(
                at: inspection.cpu?.topology?.element.span ?? inspection.domain.vcpu?.element.span
                    ?? inspection.cpuPlace,
                as: inspection.ifWindows(edition.isKnown ? .warning : .note),
                "the guest has \(topology.sockets) sockets\(why), but \(edition.words)",
                notes: ["treated as Windows: \(evidence)"],
                help: "before Windows is installed, set <topology sockets='1' cores='\(cores)' threads='\(threads)'/>")
        })
}

extension WindowsEdition? {
    /// The sockets that are used for certain, or by most editions.
    fileprivate var used: Int {
        guard case .client(_, let sockets?) = self else { return 2 }
        return sockets
    }

    /// It is known that the edition uses no more.
    fileprivate var isKnown: Bool {
        switch self {
        case .client(_, nil), nil: false
        default: true
        }
    }

    fileprivate var words: String {
        let all = "Windows Home uses only 1, Pro 2 and Pro for Workstations 4"
        return switch self {
        case .client(let name, let sockets?): "Windows \(name) uses only \(sockets)"
        case .client(let name, nil): "Windows \(name) may use fewer (\(all))"
        case .some: all
        case nil: "if this is a client, \(all)"
        }
    }
}
