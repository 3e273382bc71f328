import DomainXML

extension Rule {
    static let hypervisorDefault = Rule(
        id: "hypervisor-default",
        severity: .warning,
        tags: [.habits, .security],
        needs: .customMode,
        summary: "the guest gets the hypervisor's default CPU, for example qemu64",
        explanation: """
            Without a CPU model, QEMU gives x86 guests `qemu64`, a CPU of 2003 without SSE4, AES or AVX. It is slow, cannot \
            run systems that are built for x86-64-v2, and lacks the features that kernels need against speculative execution \
            attacks. libvirt writes it into the definition as `custom`, `qemu64`, `check='none'`, which means the same. QEMU \
            strongly discourages its use.

            Nothing is reported on s390x and ppc64 under KVM, where the default is the host's own CPU. Nothing is reported \
            either for emulated machines for which QEMU has no `max` CPU (ppc64, sparc and other old ones), because such a \
            machine always has the CPU of its machine type.
            """,
        examples: [
            .bad(
                "no <cpu>", finds: "there is no <cpu>: the guest gets qemu64 or a similar basic model",
                """
                ↓<domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                </domain>
                """),
            .bad(
                "only a topology", finds: "<cpu> has neither a mode nor a model: the guest gets qemu64 or a similar basic model",
                .guest(
                    vcpu: "<vcpu>2</vcpu>", cpu: "↓<cpu><topology sockets='1' cores='2' threads='1'/></cpu>")),
            .bad(
                "what libvirt writes for the default", finds: "the guest has qemu64, which libvirt writes if no CPU is requested",
                .guest(
                    type: "qemu",
                    cpu: "↓<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>")),
            .good(
                "a model", .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Nehalem</model></cpu>")),
            .good("s390x under KVM", .guest(arch: "s390x")),
        ],
        check: { inspection in
            let guest = inspection.guest
            guard guest.isManaged, isHypervisorDefault(inspection.cpu, guest) else { return }
            if guest.hypervisor == .hardware, guest.architecture.facts.hasGoodKVMDefault { return }
            // The machine type decides about the CPU of such a machine, and QEMU has no better one for it.
            if guest.hypervisor == .emulated, !guest.hasEmulatedMaximum { return }
            let model = inspection.cpu?.namedModel.map { inspection.domain[$0] }
            let words = model.map { "the guest has \($0), which libvirt writes if no CPU is requested" }
                ?? (inspection.cpu == nil ? "there is no <cpu>" : "<cpu> has neither a mode nor a model")
            let gets = guest.isX86 ? ": the guest gets qemu64 or a similar basic model" : ": the guest gets the machine type's default CPU"
            inspection.report(at: inspection.cpuPlace, words + (model == nil ? gets : ""), help: help(guest))
        })

    /// Names a target that this guest can have.
    private static func help(_ guest: Guest) -> String {
        let target: String? = switch guest.hypervisor {
        case .emulated: guest.hasEmulatedMaximum ? "maximum" : nil
        case _ where guest.architecture.facts.hasHostModel: "host-model"
        default: guest.architecture.family == .other ? nil : "host-passthrough"
        }
        return target.map { "use virt-cpu filter --default \($0), or name a model" } ?? "name a model"
    }
}
