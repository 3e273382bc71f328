extension Rule {
    static let windowsRewriteWithheld = Rule(
        id: "windows-rewrite-withheld",
        severity: .warning,
        worst: .warning,
        tags: [.windows],
        needs: .otherDefault,
        summary: "a Windows guest keeps its CPU, although the policy's default is another",
        explanation: """
            The processor is part of the hardware that Windows was activated on. If it changes together with other \
            hardware, Windows can ask for reactivation; Microsoft does not publish the weights. So under `windows: \
            keep`, which is the default, virt-cpu does not rewrite the CPU of a Windows guest. The finding states what \
            the CPU would have become.

            Under `windows: pin`, and with the target `pin`, a CPU that follows the host is written out as the guest has it \
            today. For host-model this changes nothing that the guest sees, and is done. host-passthrough and maximum cannot \
            be frozen unnoticed: the guest would at least see the brand string of a model instead of the processor's own. The \
            finding says what would change, and `windows: pin-anyway` accepts it.

            If nothing is installed in the guest yet, use `--new-guest`, which rewrites it. `windows: rewrite` in the \
            policy, or in a guest's entry, always rewrites. A rewrite that the guest cannot see, because only \
            `fallback` or `check` differs, is never withheld.
            """,
        examples: [
            .bad(
                "Windows, by its libosinfo id",
                finds: "Windows guest is not rewritten from host-passthrough to host-model: a changed CPU can trigger "
                    + "reactivation",
                policy: "default: host-model",
                .guest(osinfo: "http://microsoft.com/win/11", cpu: "↓<cpu mode='host-passthrough'/>")),
            .bad(
                "Windows, by its Hyper-V enlightenments",
                finds: "Windows guest is not rewritten from Haswell to Skylake-Client: a changed CPU can trigger "
                    + "reactivation",
                policy: "default: {model: Skylake-Client}",
                .guest(hyperv: "<relaxed state='on'/>", cpu: "↓<cpu mode='custom'><model>Haswell</model></cpu>")),
            .bad(
                "host-passthrough cannot be frozen unnoticed",
                finds: "Windows guest is not frozen from host-passthrough to Haswell-noTSX-IBRS with 7 features: it would see a "
                    + "change, which can trigger reactivation",
                policy: "windows: pin", hosts: [.haswell],
                .guest(machine: "pc-q35-9.2", hyperv: "<relaxed state='on'/>", cpu: "↓<cpu mode='host-passthrough'/>")),
            .good(
                "host-model is frozen", policy: "windows: pin", hosts: [.haswell],
                .guest(machine: "pc-q35-9.2", hyperv: "<relaxed state='on'/>", cpu: "<cpu mode='host-model'/>")),
            .good(
                "the policy allows the rewrite", policy: "{default: host-model, windows: rewrite}",
                .guest(hyperv: "<relaxed state='on'/>", cpu: "<cpu mode='host-passthrough'/>")),
            .good(
                "the guest cannot see the difference", policy: "default: {model: Haswell, fallback: forbid}",
                .guest(
                    hyperv: "<relaxed state='on'/>",
                    cpu: "<cpu mode='custom'><model fallback='allow'>Haswell</model></cpu>")),
            .good(
                "a Linux guest, by its libosinfo id, that uses enlightenments", policy: "default: host-model",
                .guest(
                    osinfo: "http://debian.org/debian/12", hyperv: "<relaxed state='on'/>",
                    cpu: "<cpu mode='host-passthrough'/>")),
        ],
        check: { inspection in
            guard case .withheld(let rewriting, let evidence) = inspection.plan else { return }
            let present = describe(inspection.cpu, in: inspection.domain)
            let isNew = "if Windows is not installed yet, use --new-guest"
            let notes = ["treated as Windows: \(evidence)"]
            guard rewriting.target == .pin else {
                inspection.report(
                    at: inspection.cpuPlace,
                    "Windows guest is not rewritten from \(present) to \(rewriting.name): a changed CPU can trigger "
                        + "reactivation",
                    notes: notes,
                    help: "\(isNew); to change the CPU anyway, set windows: rewrite in the policy")
                return
            }
            let change = rewriting.visibleChange(on: inspection.targetHosts)
            inspection.report(
                at: inspection.cpuPlace,
                "Windows guest is not frozen from \(present) to \(rewriting.summary): it would see a change, which can trigger "
                    + "reactivation",
                notes: change.items.filter { $0.aspect != .cpu }.map(\.description) + change.doubts + notes,
                help: "\(isNew); to accept the change, set windows: pin-anyway in the policy, which the commit hook reads too")
        })
}
