import DomainXML

extension Rule {
    static let windowsCPUChange = Rule(
        id: "windows-cpu-change",
        severity: .error,
        needs: .earlier,
        summary: "a Windows guest sees another CPU than in the earlier version of its definition",
        explanation: """
            Windows counts the processor among the hardware that it was activated on: its name, vendor, family, model \
            and stepping, and its features. A change of these, above all together with others, can trigger \
            reactivation; Microsoft does not publish the weights. So the earlier version of a definition \
            (`--staged`, `--rev`, `--against`) is held against the present one as the guest sees them.

            The brand string follows the model's *name*: EPYC and EPYC-IBPB are two processors to Windows, Haswell \
            and Haswell-v1 are one. `fallback`, `check` and `<vendor>` are between libvirt and the host, and the \
            guest cannot see them. Without `<topology>` each vCPU is a socket. What host-model was is known where the \
            host is (`--host`, or `hosts:` in the policy): spelling it out as it is there changes nothing. Where no \
            host is known, or only the number of vCPUs or an enlightenment changed, it is a warning.

            What is meant is said with a comment in the definition that gives the reason: `<!-- virt-cpu: ignore \
            windows-cpu-change - reinstalled on 2 May -->`.
            """,
        examples: [
            .bad(
                "another name in the brand string, though the features are nearly the same",
                before: """
                    <domain type='kvm'>
                      <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                      <features><hyperv><relaxed state='on'/></hyperv></features>
                      <cpu><model>EPYC</model></cpu>
                    </domain>
                    """,
                """
                <domain type='kvm'>
                  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                  <features><hyperv><relaxed state='on'/></hyperv></features>
                  <cpu><model>EPYC-IBPB</model></cpu>
                </domain>
                """),
            .bad(
                "the host's own processor becomes a model",
                before: """
                    <domain type='kvm'>
                      <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                      <features><hyperv><relaxed state='on'/></hyperv></features>
                      <cpu mode='host-passthrough'/>
                    </domain>
                    """,
                """
                <domain type='kvm'>
                  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                  <features><hyperv><relaxed state='on'/></hyperv></features>
                  <cpu><model>Haswell-noTSX</model></cpu>
                </domain>
                """),
            .bad(
                "one socket becomes four",
                before: """
                    <domain type='kvm'>
                      <vcpu>4</vcpu>
                      <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                      <features><hyperv><relaxed state='on'/></hyperv></features>
                      <cpu>
                        <model>Haswell</model>
                        <topology sockets='1' cores='4' threads='1'/>
                      </cpu>
                    </domain>
                    """,
                """
                <domain type='kvm'>
                  <vcpu>4</vcpu>
                  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                  <features><hyperv><relaxed state='on'/></hyperv></features>
                  <cpu><model>Haswell</model></cpu>
                </domain>
                """),
            .good(
                "two names of one CPU",
                before: """
                    <domain type='kvm'>
                      <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                      <features><hyperv><relaxed state='on'/></hyperv></features>
                      <cpu check='none'><model fallback='allow'>Haswell</model></cpu>
                    </domain>
                    """,
                """
                <domain type='kvm'>
                  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                  <features><hyperv><relaxed state='on'/></hyperv></features>
                  <cpu><model fallback='forbid'>Haswell-v1</model></cpu>
                </domain>
                """),
            .good(
                "vCPUs are plugged in, up to the same number",
                before: """
                    <domain type='kvm'>
                      <vcpu current='2'>8</vcpu>
                      <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                      <features><hyperv><relaxed state='on'/></hyperv></features>
                      <cpu><model>Haswell</model></cpu>
                    </domain>
                    """,
                """
                <domain type='kvm'>
                  <vcpu current='4'>8</vcpu>
                  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                  <features><hyperv><relaxed state='on'/></hyperv></features>
                  <cpu><model>Haswell</model></cpu>
                </domain>
                """),
            .good(
                "no Windows: that is guest-cpu-change",
                before: """
                    <domain type='kvm'>
                      <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                      <cpu><model>EPYC</model></cpu>
                    </domain>
                    """,
                """
                <domain type='kvm'>
                  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                  <cpu><model>EPYC-IBPB</model></cpu>
                </domain>
                """),
        ],
        check: { inspection in
            guard let change = inspection.change, !change.what.isNone, let evidence = inspection.windowsThenOrNow else {
                return
            }
            let items = change.what.items, doubts = change.what.doubts
            var notes = items.dropFirst().map(\.description) + doubts.dropFirst(items.isEmpty ? 1 : 0)
            notes += ["Windows: \(evidence)", "earlier version: \(change.file)"]
            let isDoubtful = items.allSatisfy(\.isMinor)
            let comment = "<!-- virt-cpu: ignore windows-cpu-change - REASON -->"
            inspection.report(
                at: inspection.place(of: items.first?.aspect), as: isDoubtful ? .warning : .error,
                items.first.map { "the CPU that Windows sees changed: \($0); that can trigger reactivation" }
                    ?? "the CPU that Windows sees may be another: \(doubts[0]); a change can trigger reactivation",
                notes: notes,
                help: items.isEmpty && change.what.needsHost
                    ? "name the host that it ran on, with its domain capabilities: --host, or hosts: in the policy"
                    : "give it back the CPU that it was installed on; if it is meant: \(comment)")
        })
}

extension Inspection {
    /// Why the guest is taken for Windows, or was before, unless it says that it is something else now.
    var windowsThenOrNow: String? {
        if let evidence = guest.windows { return evidence }
        guard !guest.isOSStated, guest.osinfoID == nil else { return nil }
        return change?.old.windows.map { "\($0), in the earlier version" }
    }

    /// The part of the definition that says it.
    func place(of aspect: GuestChange.Aspect?) -> ByteRange {
        let part: ByteRange? = switch aspect {
        case .topology: cpu?.topology?.element.span ?? domain.vcpu?.element.span
        case .physicalAddresses: cpu?.maxPhysAddr?.element.span
        case .caches: cpu?.caches.first?.element.span
        case .hypervisor, .enlightenments: domain.hyperv?.startTag
        case .machine: domain.machine?.span
        case .virtualisation: domain.type?.span
        case .architecture: domain.arch?.span
        case .commandLine: domain.qemuArguments.first?.span
        default: nil
        }
        return part ?? cpuPlace
    }
}
