import DomainXML

extension Rule {
    static let migrationBlocker = Rule(
        id: "migration-blocker",
        severity: .warning,
        tags: [.migration],
        needs: [.cpu, .migrates],
        summary: "guests migrate between the hosts, but this guest's CPU prevents it",
        explanation: """
            QEMU refuses to migrate a guest with an invariant TSC (`invtsc`) unless the frequency of the TSC is fixed, \
            because the frequency of the destination can differ. `<timer name='tsc' frequency='…'/>` in `<clock>` fixes it, \
            for hosts that can scale the TSC or have the same frequency. With `migratable='off'`, host-passthrough and \
            maximum give the guest features that cannot be migrated at all.

            The rule applies where guests migrate: if the policy says `migration: true`, or if it does not say and there are \
            several hosts.
            """,
        examples: [
            .bad(
                "an invariant TSC without a fixed frequency",
                finds: "invtsc without a fixed TSC frequency: the guest cannot migrate",
                policy: "{default: keep, migration: true}",
                .guest(cpu: "<cpu mode='host-model'>↓<feature policy='require' name='invtsc'/></cpu>")),
            .bad(
                "migration is switched off", finds: "migratable='off': the guest cannot migrate",
                policy: "{default: keep, migration: true}",
                .guest(cpu: "<cpu mode='host-passthrough' migratable='↓off'/>")),
            .good(
                "a fixed frequency", policy: "{default: keep, migration: true}",
                .guest(
                    cpu: "<cpu mode='host-model'><feature policy='require' name='invtsc'/></cpu>",
                    clock: "<clock offset='utc'><timer name='tsc' frequency='2600000000'/></clock>")),
            .good(
                "guests do not migrate", policy: "{default: keep, migration: false}",
                .guest(cpu: "<cpu mode='host-model'><feature policy='require' name='invtsc'/></cpu>")),
        ],
        check: { inspection in
            guard inspection.migrates, let cpu = inspection.cpu, inspection.guest.hypervisor == .hardware else { return }
            let domain = inspection.domain
            if let migratable = cpu.migratable, migratable.value == .off {
                // With migratable='on', QEMU leaves out invtsc. Windows would see that change, so Windows guests get no
                // fix.
                inspection.report(
                    at: migratable.text.span, "migratable='off': the guest cannot migrate", help: "set migratable='on'",
                    edits: inspection.guest.windows == nil ? [Edit(migratable.text.span, "on")] : [])
            }
            let isFixed = domain.timers.contains { domain.is($0.name, "tsc") && $0.frequency != nil }
            for feature in cpu.features where !isFixed && domain.is(feature.name, "invtsc") {
                guard feature.effectivePolicy == .require || feature.effectivePolicy == .force else { continue }
                inspection.report(
                    at: feature.element.span, "invtsc without a fixed TSC frequency: the guest cannot migrate",
                    help: "remove invtsc, or set the frequency with <timer name='tsc' frequency='…'/> in <clock>")
            }
        })
}
