import DomainXML

extension Rule {
    static let checkNone = Rule(
        id: "check-none",
        severity: .note,
        worst: .note,
        tags: [.habits, .migration],
        needs: .model,
        summary: "check='none' with a named model: QEMU may drop features and start the guest anyway",
        explanation: """
            With `check='none'`, libvirt compares nothing when the guest starts, and QEMU leaves out the features of \
            the model that the host lacks. The guest then has less than its definition says, and cannot migrate to a \
            host that has these features. Without the attribute, or with `check='partial'`, such a guest does not \
            start.

            Nothing is reported where libvirt itself writes `check='none'`: for emulated guests and for the \
            hypervisor's default CPU. Nothing is reported either if the hypervisor of every host calls the model \
            usable, because QEMU then leaves nothing out.
            """,
        examples: [
            .bad(
                "libvirt compares nothing",
                finds: "check='none': QEMU may start the guest without some features of Haswell",
                .guest(cpu: """
                    <cpu mode='custom' match='exact' check='↓none'><model fallback='forbid'>Haswell</model></cpu>
                    """)),
            .good(
                "libvirt compares the CPU with the host's",
                .guest(cpu: """
                    <cpu mode='custom' match='exact' check='partial'><model fallback='forbid'>Haswell</model></cpu>
                    """)),
            .good(
                "libvirt writes this for the hypervisor's default",
                .guest(cpu: """
                    <cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>
                    """)),
            .good(
                "libvirt writes this under emulation",
                .guest(
                    type: "qemu",
                    cpu: "<cpu mode='custom' match='exact' check='none'>"
                        + "<model fallback='forbid'>Haswell</model></cpu>")),
        ],
        check: { inspection in
            let guest = inspection.guest
            guard let cpu = inspection.cpu, let check = cpu.check, check.value == CPU.Check.none, guest.isX86,
                guest.hypervisor == .hardware, cpu.effectiveMode == .custom, let model = cpu.namedModel,
                !isHypervisorDefault(cpu, guest)
            else { return }
            // If a host lacks a feature, the fix would keep the guest from starting there, so there is no fix.
            let answer = inspection.hostAnswer
            let isStarted = answer?.startsEverywhere ?? false
            // For usable models, libvirt's documentation calls check='none' safe, and recommended it before 10.2
            // (formatdomaincaps).
            let usable = answer?.listed.filter { $0.value.usability == .yes }.reduce(0) { $0 + $1.kinds.count }
            if isStarted, usable == inspection.startCheck.distinct.count { return }
            inspection.report(
                at: check.text.span,
                "check='none': QEMU may start the guest without some features of \(inspection.domain[model])",
                help: "set check='partial'", edits: isStarted ? [Edit(check.text.span, "partial")] : [])
        })
}
