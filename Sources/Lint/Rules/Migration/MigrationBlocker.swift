import DomainXML

extension Rule {
    static let migrationBlocker = Rule(
        id: "migration-blocker",
        severity: .warning,
        needs: [.cpu, .migrates],
        summary: "guests migrate here, and this one's CPU forbids it",
        explanation: """
            QEMU refuses to migrate a guest with an invariant TSC (`invtsc`) unless the TSC's frequency is fixed, since \
            the destination's may differ: `<timer name='tsc' frequency='…'/>` in `<clock>` fixes it, for hosts that can \
            scale or have the same. With `migratable='off'`, host-passthrough and maximum give the guest features that \
            cannot be migrated at all.

            Checked where guests migrate: `migration: true` in the policy, or several hosts and no word on it.
            """,
        examples: [
            .bad(
                "an invariant TSC of any frequency", policy: "{default: keep, migration: true}",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'><feature policy='require' name='invtsc'/></cpu>
                </domain>
                """),
            .bad(
                "switched off", policy: "{default: keep, migration: true}",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-passthrough' migratable='off'/>
                </domain>
                """),
            .good(
                "a fixed frequency", policy: "{default: keep, migration: true}",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'><feature policy='require' name='invtsc'/></cpu>
                  <clock offset='utc'><timer name='tsc' frequency='2600000000'/></clock>
                </domain>
                """),
            .good(
                "guests stay", policy: "{default: keep, migration: false}",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'><feature policy='require' name='invtsc'/></cpu>
                </domain>
                """),
        ],
        check: { inspection in
            guard inspection.migrates, let cpu = inspection.cpu, inspection.guest.hypervisor == .hardware else { return }
            let domain = inspection.domain
            if let migratable = cpu.migratable, migratable.value == .off {
                // QEMU then leaves invtsc out, which Windows would notice.
                inspection.report(
                    at: migratable.text.span, "migratable='off': the guest cannot migrate", help: "write migratable='on'",
                    edits: inspection.guest.windows == nil ? [Edit(migratable.text.span, "on")] : [])
            }
            let isFixed = domain.timers.contains { domain.is($0.name, "tsc") && $0.frequency != nil }
            for feature in cpu.features where !isFixed && domain.is(feature.name, "invtsc") {
                guard feature.effectivePolicy == .require || feature.effectivePolicy == .force else { continue }
                inspection.report(
                    at: feature.element.span, "invtsc without a fixed TSC frequency: the guest cannot migrate",
                    help: "remove it, or fix the frequency: <timer name='tsc' frequency='…'/> in <clock>")
            }
        })
}
