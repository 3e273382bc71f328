import DomainXML

extension Rule {
    static let emulatedHostCPU = Rule(
        id: "emulated-host-cpu",
        severity: .error,
        tags: [.libvirt],
        needs: .hostMode,
        summary: "an emulated guest (type='qemu') asks for the host's CPU",
        explanation: """
            Emulation cannot use the host's CPU. Without hardware virtualisation, libvirt refuses to start a guest with \
            `host-passthrough`, so the finding is an error. A guest with `host-model` starts, but it gets the best CPU that \
            QEMU can emulate, whatever the host is. There the finding is a warning, because `maximum` states plainly what \
            the guest gets.
            """,
        examples: [
            .bad(
                "the guest cannot start", finds: "host-passthrough requires hardware virtualisation: the guest cannot start with type='qemu'",
                .guest(type: "qemu", cpu: "↓<cpu mode='host-passthrough'/>")),
            .bad(
                "host-model, which here means the best CPU that QEMU can emulate",
                finds: "under emulation, host-model is not the host's CPU but the best CPU that QEMU can emulate",
                .guest(type: "qemu", cpu: "↓<cpu mode='host-model'/>")),
            .good("the best CPU that QEMU can emulate", .guest(type: "qemu", cpu: "<cpu mode='maximum'/>")),
            .good("KVM uses the host's CPU", .guest(cpu: "<cpu mode='host-model'/>")),
        ],
        check: { inspection in
            guard inspection.guest.hypervisor == .emulated, let mode = inspection.cpu?.mode else { return }
            let guest = inspection.guest
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
                    at: inspection.cpuPlace, as: .warning,
                    "under emulation, host-model is not the host's CPU but the best CPU that QEMU can emulate",
                    help: hasMaximum ? "use mode='maximum' to say so explicitly" : "name the intended model",
                    edits: isAskedFor ? [] : edits())
            default: return
            }
        })
}
