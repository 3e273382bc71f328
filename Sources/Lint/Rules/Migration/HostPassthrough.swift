extension Rule {
    static let hostPassthrough = Rule(
        id: "host-passthrough",
        severity: .warning,
        needs: .hostMode,
        summary: "host-passthrough or maximum: not reproducible on another host",
        explanation: """
            The guest gets the host's own CPU, as QEMU can pass it on. It is the fastest choice, and the right one \
            where guests stay where they are: QEMU recommends it when live migration is not needed. But the \
            definition no longer says what the guest's CPU is: on another host, or after a new processor, microcode, \
            kernel or QEMU, it is a different one, and migration is safe only between identical hosts. libvirt \
            advises against it for that reason.

            On aarch64, riscv64 and loongarch64 it is the way to run a KVM guest, and nothing is said.
            """,
        examples: [
            .bad(
                "the host's CPU",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-passthrough' check='none' migratable='on'/>
                </domain>
                """),
            .bad(
                "maximum is the same under KVM",
                """
                <domain type='kvm'>
                  <os><type arch='s390x'>hvm</type></os>
                  <cpu mode='maximum'/>
                </domain>
                """),
            .good(
                "what libvirt copies from the host, by name",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'/>
                </domain>
                """),
            .good(
                "aarch64 guests have no other way",
                """
                <domain type='kvm'>
                  <os><type arch='aarch64'>hvm</type></os>
                  <cpu mode='host-passthrough'/>
                </domain>
                """),
            .good(
                "maximum under emulation does not depend on the host",
                """
                <domain type='qemu'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='maximum'/>
                </domain>
                """),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, let mode = cpu.mode?.value, inspection.guest.hypervisor == .hardware
            else { return }
            guard mode == .hostPassthrough || mode == .maximum else { return }
            guard inspection.guest.architecture.facts.hasHostModel else { return }
            inspection.report(
                at: inspection.cpuPlace,
                "\(mode.rawValue): the guest's CPU is whatever host it starts on; migration needs identical hosts",
                help: "name a model, or use host-model; for a guest that stays, turn the rule off for it in the policy")
        })
}
