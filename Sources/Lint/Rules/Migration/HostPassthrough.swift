extension Rule {
    static let hostPassthrough = Rule(
        id: "host-passthrough",
        severity: .warning,
        tags: [.migration],
        needs: .hostMode,
        summary: "host-passthrough or maximum: the CPU cannot be reproduced on another host",
        explanation: """
            The guest gets the host's own CPU, as far as QEMU can pass it on. This is the fastest choice, and the right one \
            for guests that stay on their host: QEMU recommends it where live migration is not needed. But the definition no \
            longer says which CPU the guest has. On another host, or after a change of the processor, microcode, kernel or \
            QEMU, the CPU is another one, and migration is safe only between identical hosts. For that reason libvirt advises \
            against it.

            On aarch64, riscv64 and loongarch64, it is the normal way to run a KVM guest, so nothing is reported.
            """,
        examples: [
            .bad(
                "the host's CPU",
                finds: "host-passthrough gives the guest the CPU of the host that it starts on, so migration needs identical hosts",
                .guest(cpu: "↓<cpu mode='host-passthrough' check='none' migratable='on'/>")),
            .bad(
                "maximum means the same under KVM",
                finds: "maximum gives the guest the CPU of the host that it starts on, so migration needs identical hosts",
                .guest(arch: "s390x", cpu: "↓<cpu mode='maximum'/>")),
            .good("libvirt's named copy of the host's CPU", .guest(cpu: "<cpu mode='host-model'/>")),
            .good("aarch64 guests have no other choice", .guest(arch: "aarch64", cpu: "<cpu mode='host-passthrough'/>")),
            .good(
                "maximum under emulation does not depend on the host", .guest(type: "qemu", cpu: "<cpu mode='maximum'/>")),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, let mode = cpu.mode?.value, inspection.guest.hypervisor == .hardware
            else { return }
            guard mode == .hostPassthrough || mode == .maximum else { return }
            guard inspection.guest.architecture.facts.hasHostModel else { return }
            inspection.report(
                at: inspection.cpuPlace,
                "\(mode.rawValue) gives the guest the CPU of the host that it starts on, so migration needs identical hosts",
                help: "use host-model or name a model; for a guest that never migrates, turn this rule off in the policy")
        })
}
