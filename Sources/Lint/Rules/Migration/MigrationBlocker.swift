import DomainXML

extension Rule {
    static let migrationBlocker = Rule(
        id: "migration-blocker",
        severity: .warning,
        worst: .warning,
        tags: [.migration],
        needs: .cpu,
        summary: "the guest's CPU prevents migration, save, managed save and snapshots with memory",
        explanation: """
            QEMU refuses to migrate a guest with an invariant TSC (`invtsc`) unless the frequency of the TSC is fixed, \
            because the frequency of the destination can differ. `<timer name='tsc' frequency='…'/>` in `<clock>` \
            fixes it, for hosts that can scale the TSC or have the same frequency. With `migratable='off'`, \
            host-passthrough and maximum give the guest features that cannot be migrated at all.

            The same keeps QEMU from writing the guest's state to a file: `virsh save`, `managedsave` and snapshots with \
            memory are refused, and a host that saves its guests when it shuts down (`ON_SHUTDOWN=suspend` of \
            libvirt-guests) cannot save this one.

            Where guests migrate, the finding is a warning: if the policy says `migration: true`, or if it does not say \
            and there are several hosts. Otherwise it is a note.
            """,
        examples: [
            .bad(
                "an invariant TSC without a fixed frequency",
                finds: "invtsc without a fixed TSC frequency: the guest cannot migrate, and cannot be saved or "
                    + "snapshotted with its memory",
                policy: "{default: keep, migration: true}",
                .guest(cpu: "<cpu mode='host-model'>↓<feature policy='require' name='invtsc'/></cpu>")),
            .bad(
                "migration is switched off",
                finds: "migratable='off': the guest cannot migrate, and cannot be saved or snapshotted with its memory",
                policy: "{default: keep, migration: true}",
                .guest(cpu: "<cpu mode='host-passthrough' migratable='↓off'/>")),
            .bad(
                "guests do not migrate, but somebody may want to save this one",
                finds: "invtsc without a fixed TSC frequency: the guest cannot be saved or snapshotted with its memory, "
                    + "and cannot migrate",
                policy: "{default: keep, migration: false}",
                .guest(cpu: "<cpu mode='host-model'>↓<feature policy='require' name='invtsc'/></cpu>")),
            .good(
                "a fixed frequency", policy: "{default: keep, migration: true}",
                .guest(
                    cpu: "<cpu mode='host-model'><feature policy='require' name='invtsc'/></cpu>",
                    clock: "<clock offset='utc'><timer name='tsc' frequency='2600000000'/></clock>")),
            .good(
                "the feature is off", policy: "{default: keep, migration: true}",
                .guest(cpu: "<cpu mode='host-model'><feature policy='disable' name='invtsc'/></cpu>")),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, inspection.guest.hypervisor == .hardware else { return }
            let domain = inspection.domain
            // libvirt asks QEMU before it migrates, saves or snapshots a guest (qemu_migration.c,
            // `qemuMigrationSrcIsAllowed`).
            let migrates = inspection.migrates
            let consequence = migrates
                ? "the guest cannot migrate, and cannot be saved or snapshotted with its memory"
                : "the guest cannot be saved or snapshotted with its memory, and cannot migrate"
            if let migratable = cpu.migratable, migratable.value == .off {
                // With migratable='on', QEMU leaves out invtsc. Windows would see that change, so Windows guests get no
                // fix.
                inspection.report(
                    at: migratable.text.span, as: migrates ? nil : .note, "migratable='off': \(consequence)",
                    help: "set migratable='on'",
                    edits: inspection.guest.windows == nil ? [Edit(migratable.text.span, "on")] : [],
                    isNoticed: true)
            }
            for feature in cpu.features where domain.is(feature.name, "invtsc") {
                guard feature.effectivePolicy == .require || feature.effectivePolicy == .force else { continue }
                if domain.timers.contains(where: { domain.is($0.name, "tsc") && $0.frequency != nil }) { return }
                inspection.report(
                    at: feature.element.span, as: migrates ? nil : .note,
                    "invtsc without a fixed TSC frequency: \(consequence)",
                    help: "remove invtsc, or set the frequency with <timer name='tsc' frequency='…'/> in <clock>")
            }
        })
}
