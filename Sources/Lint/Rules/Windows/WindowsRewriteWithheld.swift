extension Rule {
    static let windowsRewriteWithheld = Rule(
        id: "windows-rewrite-withheld",
        severity: .warning,
        needs: .otherDefault,
        summary: "a Windows guest keeps its CPU, though the policy's default is another",
        explanation: """
            Windows counts the processor among the hardware that it was activated on. A changed CPU, together with \
            other changes, can trigger reactivation; Microsoft does not publish the weights. So under `windows: keep`, \
            which is the default, the CPU of a Windows guest is not rewritten, and this finding says what it would \
            have become.

            Nothing installed yet? `--new-guest` rewrites. `windows: rewrite` in the policy, or in a guest's entry, \
            rewrites every time. A rewrite that the guest cannot see (only `fallback` or `check` differ) is done \
            anyway.
            """,
        examples: [
            .bad(
                "told by the libosinfo id", policy: "default: host-model",
                """
                <domain type='kvm'>
                  <metadata>
                    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                      <libosinfo:os id='http://microsoft.com/win/11'/>
                    </libosinfo:libosinfo>
                  </metadata>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-passthrough'/>
                </domain>
                """),
            .bad(
                "told by Hyper-V enlightenments", policy: "default: {model: Skylake-Client}",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <features><hyperv><relaxed state='on'/></hyperv></features>
                  <cpu mode='custom'><model>Haswell</model></cpu>
                </domain>
                """),
            .good(
                "the policy allows it", policy: "{default: host-model, windows: rewrite}",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <features><hyperv><relaxed state='on'/></hyperv></features>
                  <cpu mode='host-passthrough'/>
                </domain>
                """),
            .good(
                "the guest cannot see the difference", policy: "default: {model: Haswell, fallback: forbid}",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <features><hyperv><relaxed state='on'/></hyperv></features>
                  <cpu mode='custom'><model fallback='allow'>Haswell</model></cpu>
                </domain>
                """),
            .good(
                "a Linux guest, by its id, that uses enlightenments", policy: "default: host-model",
                """
                <domain type='kvm'>
                  <metadata>
                    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                      <libosinfo:os id='http://debian.org/debian/12'/>
                    </libosinfo:libosinfo>
                  </metadata>
                  <os><type arch='x86_64'>hvm</type></os>
                  <features><hyperv><relaxed state='on'/></hyperv></features>
                  <cpu mode='host-passthrough'/>
                </domain>
                """),
        ],
        check: { inspection in
            guard case .withheld(let rewriting, let evidence) = inspection.plan else { return }
            let present = describe(inspection.cpu, in: inspection.domain)
            inspection.report(
                at: inspection.cpuPlace,
                "Windows guest keeps \(present), not \(rewriting.name): a changed CPU can trigger reactivation",
                notes: ["Windows: \(evidence)"],
                help: "nothing installed yet: --new-guest; change it anyway: windows: rewrite in the policy")
        })
}
