extension Rule {
    static let windowsRewriteWithheld = Rule(
        id: "windows-rewrite-withheld",
        severity: .warning,
        tags: [.windows],
        needs: .otherDefault,
        summary: "a Windows guest keeps its CPU, although the policy's default is another",
        explanation: """
            The processor is part of the hardware that Windows was activated on. If it changes together with other \
            hardware, Windows can ask for reactivation; Microsoft does not publish the weights. So under `windows: \
            keep`, which is the default, virt-cpu does not rewrite the CPU of a Windows guest. The finding states what \
            the CPU would have become.

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
            inspection.report(
                at: inspection.cpuPlace,
                "Windows guest is not rewritten from \(present) to \(rewriting.name): a changed CPU can trigger "
                    + "reactivation",
                notes: ["treated as Windows: \(evidence)"],
                help: "if Windows is not installed yet, use --new-guest; to change the CPU anyway, set windows: "
                    + "rewrite in the policy")
        })
}
