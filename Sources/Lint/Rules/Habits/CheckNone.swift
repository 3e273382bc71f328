import DomainXML

extension Rule {
    static let checkNone = Rule(
        id: "check-none",
        severity: .note,
        needs: .model,
        summary: "check='none' on a named model: QEMU may drop features and start anyway",
        explanation: """
            With `check='none'` libvirt compares nothing when the guest starts, and QEMU leaves out whatever features \
            of the model the host lacks. The guest runs with less than its definition says, and cannot migrate to a \
            host that has them. Without the attribute, or with `check='partial'`, such a guest does not start.

            Where libvirt itself writes it nothing is said: for emulated guests and for the hypervisor's default. Nor is \
            anything said where every host's hypervisor calls the model usable: QEMU leaves nothing out there.
            """,
        examples: [
            .bad(
                "unchecked",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact' check='none'><model fallback='forbid'>Haswell</model></cpu>
                </domain>
                """),
            .good(
                "checked",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact' check='partial'><model fallback='forbid'>Haswell</model></cpu>
                </domain>
                """),
            .good(
                "libvirt's own, for the hypervisor's default",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>
                </domain>
                """),
            .good(
                "libvirt's own, under emulation",
                """
                <domain type='qemu'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact' check='none'><model fallback='forbid'>Haswell</model></cpu>
                </domain>
                """),
        ],
        check: { inspection in
            let guest = inspection.guest
            guard let cpu = inspection.cpu, let check = cpu.check, check.value == CPU.Check.none, guest.isX86,
                guest.hypervisor == .hardware, cpu.effectiveMode == .custom, let model = cpu.namedModel,
                !isHypervisorDefault(cpu, guest)
            else { return }
            // Where a host lacks something, the guest would start no more: the fix is for those that have it all.
            let verdicts = inspection.hostAnswer?.verdicts ?? []
            let isStarted = !verdicts.isEmpty && verdicts.allSatisfy { $0.answer == .starts }
            // libvirt's documentation calls it safe there, and before 10.2 advised it (formatdomaincaps).
            let listed = inspection.hostAnswer?.listed ?? []
            if isStarted, listed.count == verdicts.count, listed.allSatisfy({ $0.model.usability == .yes }) { return }
            inspection.report(
                at: check.text.span,
                "check='none': QEMU may drop features of \(inspection.domain[model]) and start anyway",
                help: "write check='partial'", edits: isStarted ? [Edit(check.text.span, "partial")] : [])
        })
}
