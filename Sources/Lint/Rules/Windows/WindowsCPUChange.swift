extension Rule {
    static let windowsCPUChange = Rule(
        id: "windows-cpu-change",
        severity: .error,
        tags: [.windows],
        needs: .earlier,
        summary: "a Windows guest sees another CPU than in the earlier version of its definition",
        explanation: """
            The processor is part of the hardware that Windows was activated on: its name, vendor, family, model and \
            stepping, and its features. If they change, especially together with other hardware, Windows can ask for \
            reactivation. Microsoft does not publish the weights. The rule therefore compares the CPU that the guest \
            sees with the CPU in the earlier version of its definition (`--staged`, `--rev`, `--against`).

            The brand string follows the *name* of the model: EPYC and EPYC-IBPB are two processors to Windows, \
            Haswell and Haswell-v1 are one. `fallback`, `check` and `<vendor>` concern only libvirt and the host, and \
            the guest cannot see them. Without `<topology>`, each vCPU is a socket. What `host-model` gave the guest \
            is known only if its host is named (`--host`, or `hosts:` in the policy); writing out the same CPU is then \
            no change. The finding is a warning if no host is known, if it is merely possible that the guest is Windows (by \
            its name and a clock in local time), if only the number of vCPUs or an \
            enlightenment changed, or if the policy says `windows: pin-anyway` and a CPU that followed the host is written \
            out. It is a note if the CPU is what host-model gives the guest on one of several hosts, or if \
            it is what the host's processor shows and no domain capabilities are given (`virsh domcapabilities`).

            A guest that was likely or certainly Windows still counts as Windows if the definition now names another system, \
            because that can hide the change. If another system was installed, say so in a change before that of the CPU, or in the \
            policy (`os: other`).

            If the change is intended, add a comment to the definition that gives the reason: `<!-- virt-cpu: ignore \
            windows-cpu-change - reinstalled on 2 May -->`.
            """,
        examples: [
            .bad(
                "another brand string, although the features are nearly the same",
                finds: "Windows sees a different CPU: EPYC → EPYC-IBPB; this can trigger reactivation",
                before: .guest(
                    machine: "pc-q35-7.2", hyperv: "<relaxed state='on'/>", cpu: "<cpu><model>EPYC</model></cpu>"),
                .guest(
                    machine: "pc-q35-7.2", hyperv: "<relaxed state='on'/>",
                    cpu: "↓<cpu><model>EPYC-IBPB</model></cpu>")),
            .bad(
                "the host's own CPU becomes a model",
                finds: "Windows sees a different CPU: host-passthrough → Haswell-noTSX; this can trigger reactivation",
                before: .guest(
                    machine: "pc-q35-7.2", hyperv: "<relaxed state='on'/>", cpu: "<cpu mode='host-passthrough'/>"),
                .guest(
                    machine: "pc-q35-7.2", hyperv: "<relaxed state='on'/>",
                    cpu: "↓<cpu><model>Haswell-noTSX</model></cpu>")),
            .bad(
                "one socket becomes four",
                finds: "Windows sees a different CPU: topology: 1 socket × 4 cores × 1 thread → 4 sockets × 1 core × 1 "
                    + "thread (no <topology>: each vCPU is a socket); this can trigger reactivation",
                before: .guest(
                    vcpu: "<vcpu>4</vcpu>", machine: "pc-q35-7.2", hyperv: "<relaxed state='on'/>",
                    cpu: """
                        <cpu>
                          <model>Haswell</model>
                          <topology sockets='1' cores='4' threads='1'/>
                        </cpu>
                        """),
                .guest(
                    vcpu: "↓<vcpu>4</vcpu>", machine: "pc-q35-7.2", hyperv: "<relaxed state='on'/>",
                    cpu: "<cpu><model>Haswell</model></cpu>")),
            .good(
                "two names of one CPU",
                before: .guest(
                    machine: "pc-q35-7.2", hyperv: "<relaxed state='on'/>",
                    cpu: "<cpu check='none'><model fallback='allow'>Haswell</model></cpu>"),
                .guest(
                    machine: "pc-q35-7.2", hyperv: "<relaxed state='on'/>",
                    cpu: "<cpu><model fallback='forbid'>Haswell-v1</model></cpu>")),
            .good(
                "vCPUs are plugged in, and the maximum stays the same",
                before: .guest(
                    vcpu: "<vcpu current='2'>8</vcpu>", machine: "pc-q35-7.2", hyperv: "<relaxed state='on'/>",
                    cpu: "<cpu><model>Haswell</model></cpu>"),
                .guest(
                    vcpu: "<vcpu current='4'>8</vcpu>", machine: "pc-q35-7.2", hyperv: "<relaxed state='on'/>",
                    cpu: "<cpu><model>Haswell</model></cpu>")),
            .good(
                "not Windows: guest-cpu-change reports the change",
                before: .guest(machine: "pc-q35-7.2", cpu: "<cpu><model>EPYC</model></cpu>"),
                .guest(machine: "pc-q35-7.2", cpu: "<cpu><model>EPYC-IBPB</model></cpu>")),
        ],
        check: { inspection in
            guard let change = inspection.change, !change.what.isNone, let evidence = inspection.windowsThenOrNow else {
                return
            }
            let items = change.what.items, doubts = change.what.doubts
            var notes = items.dropFirst().map(\.description) + doubts.dropFirst(items.isEmpty ? 1 : 0)
            notes += ["treated as Windows: \(evidence)", "earlier version: \(change.file)"]
            let isDoubtful = items.allSatisfy(\.isMinor) || inspection.isAcceptedFreeze
            let isFreezing = items.isEmpty && change.what.isFreezing
            let comment = "<!-- virt-cpu: ignore windows-cpu-change - REASON -->"
            inspection.report(
                at: inspection.place(of: items.first?.aspect), as: isFreezing || change.what.isNoneAsFarAsKnown ? .note : inspection.ifWindows(isDoubtful ? .warning : .error),
                items.first.map { "Windows sees a different CPU: \($0); this can trigger reactivation" }
                    ?? "Windows may see a different CPU: \(doubts[0]); this can trigger reactivation",
                notes: notes,
                help: isFreezing ? "if the guest runs on another host, restore its CPU; otherwise name its host in the policy (hosts: in an entry of guests:)"
                    : items.isEmpty && change.what.needsHost
                    ? "name the host that the guest ran on and give its domain capabilities (--host, or hosts: in the "
                        + "policy)"
                    : "restore the CPU that Windows was installed on; if the change is intended, add \(comment)")
        })
}

extension Inspection {
    /// The policy says `windows: pin-anyway`, and a CPU that followed the host is spelt out.
    fileprivate var isAcceptedFreeze: Bool {
        guard windows == .pinAnyway, let old = change?.old, old.cpu.refused.isEmpty, cpu?.effectiveMode == .custom else { return false }
        switch CPUSource(old).kind {
        case .hostModel, .minimum, .passthrough, .maximum: return !guest.followsHost
        case .model, .hypervisorDefault: return false
        }
    }
}
