import DomainXML

extension Rule {
    static let emulatedHostCPU = Rule(
        id: "emulated-host-cpu",
        severity: .error,
        needs: .hostMode,
        summary: "an emulated guest (type='qemu') asks for the host's CPU",
        explanation: """
            Emulation has no access to the host's CPU. libvirt refuses to start `host-passthrough` without hardware \
            virtualisation: an error. `host-model` starts, but there it means the best CPU that QEMU can emulate, \
            whatever the host: a warning, since `maximum` says so plainly.
            """,
        examples: [
            .bad(
                "cannot start",
                """
                <domain type='qemu'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-passthrough'/>
                </domain>
                """),
            .bad(
                "says host and means QEMU",
                """
                <domain type='qemu'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'/>
                </domain>
                """),
            .good(
                "the best that can be emulated",
                """
                <domain type='qemu'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='maximum'/>
                </domain>
                """),
            .good(
                "KVM has the host's CPU",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'/>
                </domain>
                """),
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
                    at: inspection.cpuPlace, as: .error, "host-passthrough cannot start under emulation (type='qemu')",
                    help: hasMaximum
                        ? "mode='maximum' is the best that can be emulated; type='kvm' uses the host's CPU"
                        : "name a model, or use type='kvm'",
                    edits: edits())
            case .hostModel:
                // Where the policy asks for host-model, the next turn would only put it back.
                let isAskedFor = inspection.target == .hostModel
                inspection.report(
                    at: inspection.cpuPlace, as: .warning,
                    "host-model under emulation is not the host's CPU but the best that QEMU emulates",
                    help: hasMaximum ? "mode='maximum' says so" : "name the model that is meant",
                    edits: isAskedFor ? [] : edits())
            default: return
            }
        })
}
