import DomainXML

extension Rule {
    static let hypervisorDefault = Rule(
        id: "hypervisor-default",
        severity: .warning,
        needs: .customMode,
        summary: "the guest gets the hypervisor's default CPU, qemu64 or its kin",
        explanation: """
            Without a CPU model, QEMU gives x86 guests `qemu64`: a CPU of 2003 without SSE4, AES or AVX, slow, \
            unable to run systems built for x86-64-v2, and without the features that kernels need against \
            speculation attacks. libvirt writes it into the definition as `custom`, `qemu64`, `check='none'`, which \
            means the same. QEMU discourages it strongly.

            On s390x and ppc64 under KVM the default is the host's own CPU, and nothing is said. Nor is anything said \
            of emulated machines for which QEMU has no `max` CPU (ppc64, sparc and other old ones): the machine type's own \
            is what they are.
            """,
        examples: [
            .bad(
                "no <cpu>",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                </domain>
                """),
            .bad(
                "only a topology",
                """
                <domain type='kvm'>
                  <vcpu>2</vcpu>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu><topology sockets='1' cores='2' threads='1'/></cpu>
                </domain>
                """),
            .bad(
                "what libvirt writes for it",
                """
                <domain type='qemu'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>
                </domain>
                """),
            .good(
                "a model",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Nehalem</model></cpu>
                </domain>
                """),
            .good(
                "s390x under KVM",
                """
                <domain type='kvm'>
                  <os><type arch='s390x'>hvm</type></os>
                </domain>
                """),
        ],
        check: { inspection in
            let guest = inspection.guest
            guard guest.isManaged, isHypervisorDefault(inspection.cpu, guest) else { return }
            if guest.hypervisor == .hardware, guest.architecture.facts.hasGoodKVMDefault { return }
            // The machine type's own CPU is what such a machine is, and QEMU has nothing better for it.
            if guest.hypervisor == .emulated, !guest.hasEmulatedMaximum { return }
            let model = inspection.cpu?.namedModel.map { inspection.domain[$0] }
            let words = model.map { "\($0), which libvirt writes for the hypervisor's default" }
                ?? (inspection.cpu == nil ? "no <cpu>" : "a <cpu> without model or mode")
            let gets = model != nil ? "" : guest.isX86 ? ": the guest gets qemu64 or its kin" : ": the guest gets the machine type's default"
            inspection.report(
                at: inspection.cpuPlace, words + gets, help: help(guest))
        })

    /// A target that the guest can have.
    private static func help(_ guest: Guest) -> String {
        let target: String? = switch guest.hypervisor {
        case .emulated: guest.hasEmulatedMaximum ? "maximum" : nil
        case _ where guest.architecture.facts.hasHostModel: "host-model"
        default: guest.architecture.family == .other ? nil : "host-passthrough"
        }
        return target.map { "virt-cpu filter --default \($0), or a model's name" } ?? "name a model"
    }
}
