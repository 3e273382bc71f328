import DomainXML

extension Rule {
    static let emulatedHostCPU = Rule(
        id: "emulated-host-cpu",
        severity: .error,
        tags: [.libvirt],
        needs: .hostMode,
        summary: "a guest asks for the host's CPU, which its hypervisor cannot give",
        explanation: """
            Emulation cannot use the host's CPU. Without hardware virtualisation, libvirt refuses to start a guest with \
            `host-passthrough`, so the finding is an error. A guest with `host-model` starts, but it gets the best CPU that \
            QEMU can emulate, whatever the host is. There the finding is a note, because `maximum` states plainly what the \
            guest gets.

            libvirt has no host-model for Arm guests, under KVM or emulated: such a guest does not start.
            """,
        examples: [
            .bad(
                "the guest cannot start", finds: "host-passthrough requires hardware virtualisation: the guest cannot start with type='qemu'",
                .guest(type: "qemu", cpu: "↓<cpu mode='host-passthrough'/>")),
            .bad(
                "host-model, which here means the best CPU that QEMU can emulate",
                finds: "under emulation, host-model is not the host's CPU but the best CPU that QEMU can emulate",
                .guest(type: "qemu", cpu: "↓<cpu mode='host-model'/>")),
            .bad(
                "host-model on Arm", finds: "libvirt does not support host-model for aarch64 guests: the guest cannot start",
                .guest(arch: "aarch64", cpu: "↓<cpu mode='host-model'/>")),
            .good("the best CPU that QEMU can emulate", .guest(type: "qemu", cpu: "<cpu mode='maximum'/>")),
            .good("KVM uses the host's CPU", .guest(cpu: "<cpu mode='host-model'/>")),
        ],
        check: { inspection in
            let guest = inspection.guest
            guard guest.isManaged, let mode = inspection.cpu?.mode else { return }
            if mode.value == .hostModel, isWithoutHostModel(guest) { return reportHostModel(of: guest, inspection) }
            guard guest.hypervisor == .emulated else { return }
            let hasMaximum = guest.hasEmulatedMaximum
            func edits() -> [Edit] {
                !hasMaximum
                    ? [] : CPURewriter.rewrite(guest.domain, in: guest.document, to: CPUChange(mode: .maximum)).edits
            }
            switch mode.value {
            case .hostPassthrough:
                inspection.report(
                    at: inspection.cpuPlace, as: .error, "host-passthrough requires hardware virtualisation: the guest cannot start with type='qemu'",
                    help: hasMaximum
                        ? "use mode='maximum' for the best CPU that QEMU can emulate, or type='kvm' for the host's CPU"
                        : "name a model, or use type='kvm'",
                    edits: edits())
            case .hostModel:
                // If the policy asks for host-model, the policy's own fix would undo this one.
                let isAskedFor = inspection.target == .hostModel
                inspection.report(
                    at: inspection.cpuPlace, as: .note,
                    "under emulation, host-model is not the host's CPU but the best CPU that QEMU can emulate",
                    help: hasMaximum ? "use mode='maximum' to say so explicitly" : "name the intended model",
                    edits: isAskedFor ? [] : edits(), isNoticed: true)
            default: return
            }
        })

    /// libvirt has no host-model for these guests (qemu_validate.c: "CPU mode 'host-model' for … is not supported by
    /// hypervisor"). Tried with emulated guests and libvirt 9.0; for KVM, KubeVirt and Ironic report the same.
    private static func isWithoutHostModel(_ guest: Guest) -> Bool {
        guest.architecture.family == .arm || guest.architecture.family == .arm64
    }

    private static func reportHostModel(of guest: Guest, _ inspection: Inspection) {
        let isEmulated = guest.hypervisor == .emulated
        let mode = isEmulated ? (guest.hasEmulatedMaximum ? CPU.Mode.maximum : nil) : .hostPassthrough
        inspection.report(
            at: inspection.cpuPlace, as: .error,
            "libvirt does not support host-model for \(guest.architecture) guests: the guest cannot start",
            help: mode.map { "use mode='\($0.rawValue)'" } ?? "name the board's CPU, or remove <cpu>",
            edits: mode.map {
                CPURewriter.rewrite(guest.domain, in: guest.document, to: CPUChange(mode: $0)).edits
            } ?? [])
    }
}
