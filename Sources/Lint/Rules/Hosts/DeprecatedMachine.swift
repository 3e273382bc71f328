import CPUModel
import DomainXML
import Hosts

extension Rule {
    static let deprecatedMachine = Rule(
        id: "deprecated-machine",
        severity: .note,
        worst: .warning,
        tags: [.hosts, .migration],
        summary: "QEMU has deprecated the machine type, and a later version does not have it",
        explanation: """
            QEMU marks a versioned machine type (`pc-q35-7.2`) as deprecated after three years and deletes it after six. \
            It began to mark them so with 9.1 and to delete them with 10.1. On a QEMU without its machine type, a guest \
            does not start and cannot migrate there. QEMU recommends deprecated machine types only for guests that exist \
            already. A new machine type can change the CPU of the guest, and Windows sees other hardware.

            The finding is a warning if a named host has a QEMU without the machine type, and a note if its QEMU marks it. \
            If no host shows its QEMU it is a note, for machine types that the newest QEMU known to this program no longer has. Machine \
            types that distributions add under names of their own are not judged.
            """,
        examples: [
            .bad(
                "a machine type that QEMU 10.1 deleted",
                finds: "machine type pc-i440fx-2.12 is deprecated since QEMU 9.1, and gone since QEMU 10.1",
                .guest(machine: "↓pc-i440fx-2.12", cpu: "<cpu mode='host-model'/>")),
            .bad(
                "a machine type that the host's QEMU marks",
                finds: "machine type pc-q35-8.0 is deprecated since QEMU 11.0, and will be gone with QEMU 14.0",
                hosts: [.withQEMU11],
                .guest(machine: "↓pc-q35-8.0", cpu: "<cpu mode='host-model'/>")),
            .good("a newer machine type", .guest(machine: "pc-q35-10.0", cpu: "<cpu mode='host-model'/>")),
            .good("a machine type that QEMU has for years to come", .guest(machine: "pc-q35-8.0", cpu: "<cpu mode='host-model'/>")),
            .good("the newest machine type of the host's QEMU", .guest(machine: "q35", cpu: "<cpu mode='host-model'/>")),
        ],
        check: { inspection in
            guard inspection.guest.isManaged, inspection.guest.isX86, let text = inspection.domain.machine,
                let version = MachineVersion(machine: inspection.domain[text])
            else { return }
            let life = MachineLifetime(machine: version)
            guard let newest = inspection.knowledge.newestQEMU else { return }
            if inspection.startCheck.hosts.isEmpty, newest < life.deletion { return }
            let platform = DomainPlatform(inspection.guest)
            let kinds = inspection.startCheck.known(platform).enumerated().compactMap { kind, host in host.qemuVersion.map { (kind, $0) } }
            let marking = kinds.filter { $0.1 >= life.deprecation }
            if marking.isEmpty, newest < life.deletion || !kinds.isEmpty { return }
            let lacking = inspection.startCheck.names(ofKinds: marking.filter { $0.1 >= life.deletion }.map(\.0))
            let gone = life.deletion <= newest ? "gone since" : "will be gone with"
            inspection.report(
                at: text.span, as: lacking.isEmpty ? nil : .warning,
                "machine type \(inspection.domain[text]) is deprecated since QEMU \(life.deprecation), and \(gone) QEMU \(life.deletion)",
                notes: lacking.isEmpty ? [] : ["QEMU on \(hostNames(lacking)) does not have it"],
                help: "plan a change to a newer machine type; virt-cpu diff shows what it changes about the CPU")
        })
}

extension ExampleHost {
    /// The newest machine types of a QEMU 11.1.
    fileprivate static let withQEMU11 = Self(
        "hv04.capabilities.xml",
        """
        <capabilities>
          <host><cpu><arch>x86_64</arch><model>Haswell-noTSX</model><vendor>Intel</vendor></cpu></host>
          <guest>
            <os_type>hvm</os_type>
            <arch name='x86_64'>
              <machine canonical='pc-q35-11.1' maxCpus='4096'>q35</machine>
              <domain type='kvm'/>
            </arch>
          </guest>
        </capabilities>
        """)
}
