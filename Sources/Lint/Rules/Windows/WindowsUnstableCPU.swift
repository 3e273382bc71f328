import DomainXML

extension Rule {
    static let windowsUnstableCPU = Rule(
        id: "windows-unstable-cpu",
        severity: .warning,
        worst: .warning,
        tags: [.windows, .migration],
        needs: .windows,
        summary: "a Windows guest's CPU depends on the host or the machine type",
        explanation: """
            With host-passthrough, host-model, maximum, `match='minimum'`, and `hyperv mode='passthrough'` or \
            `mode='host-model'`, the host on which the guest starts decides each time which CPU the guest sees. After \
            a move to another host, a change of the processor, or an update of microcode, QEMU or libvirt, the CPU can \
            be another one, and Windows can ask for reactivation. The same applies to a guest without `<cpu>` whose \
            machine type has no version (`pc`, `q35`).

            Freeze the CPU while the guest still runs on the host on which it was installed: `virt-cpu check --fix --windows pin --host \
            HOST FILE` writes out the CPU that the guest has there, where HOST is the host's domain capabilities (`virsh \
            domcapabilities`). For host-model this changes nothing that the guest sees. For host-passthrough and maximum it \
            does: no model has the brand string of the host's processor. Such a guest stays as it is, unless the policy \
            accepts the change with `windows: pin-anyway`; `check --windows pin` says what it is.
            """,
        examples: [
            .bad(
                "the CPU of whichever host it starts on",
                finds: "Windows guest follows the host's CPU (host-passthrough): its CPU can change, which can trigger "
                    + "reactivation",
                .guest(machine: "pc-q35-7.2", hyperv: "<relaxed state='on'/>", cpu: "↓<cpu mode='host-passthrough'/>")),
            .bad(
                "the default CPU of a machine type without a version",
                finds: "Windows guest has no CPU model and a machine type without a version: its CPU can change, which "
                    + "can trigger reactivation",
                """
                ↓<domain type='kvm'>
                  <os><type arch='x86_64' machine='q35'>hvm</type></os>
                  <clock offset='localtime'><timer name='hypervclock' present='yes'/></clock>
                </domain>
                """),
            .bad(
                "the enlightenments of whichever host it starts on",
                finds: "Windows guest gets whatever enlightenments the host supports (hyperv mode='host-model'): its "
                    + "CPU can change, which can trigger reactivation",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64' machine='pc-q35-10.1'>hvm</type></os>
                  <features><hyperv mode='↓host-model'/></features>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX</model></cpu>
                </domain>
                """),
            .good(
                "a named model",
                .guest(
                    machine: "pc-q35-7.2", hyperv: "<relaxed state='on'/>",
                    cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX</model></cpu>")),
            .good(
                "not Windows: the enlightenments are off",
                .guest(machine: "pc-q35-7.2", hyperv: "<relaxed state='off'/>", cpu: "<cpu mode='host-passthrough'/>")),
        ],
        check: { inspection in
            let guest = inspection.guest
            guard let evidence = guest.windows, guest.isManaged, !inspection.domain.isRunning else { return }
            let domain = inspection.domain
            let cause: (span: ByteRange, words: String)
            var help: String?
            if let mode = inspection.cpu?.mode, let value = mode.value, value != .custom {
                let follows = value == .maximum ? "QEMU and the host" : "the host's CPU"
                cause = (inspection.cpuPlace, "follows \(follows) (\(value.rawValue))")
                help = inspection.wayToFreeze
            } else if let match = inspection.cpu?.match, match.value == .minimum, inspection.cpu?.namedModel != nil {
                cause = (match.text.span, "gets every feature that the host has beyond the model (match='minimum')")
                help = inspection.wayToFreeze
            } else if domain.hypervFollowsHost, let mode = domain.hypervMode {
                cause = (mode.span, "gets whatever enlightenments the host supports (hyperv mode='\(domain[mode])')")
                help = "use mode='custom' and list the enlightenments that the guest has now"
            } else if isHypervisorDefault(inspection.cpu, guest), inspection.cpu?.namedModel == nil,
                isUnversioned(domain)
            {
                cause = (inspection.cpuPlace, "has no CPU model and a machine type without a version")
                help = "name a model, or use the machine type with its version, which virsh dumpxml shows"
            } else {
                return
            }
            inspection.report(
                at: cause.span, as: inspection.ifWindows(.warning),
                "Windows guest \(cause.words): its CPU can change, which can trigger reactivation",
                notes: ["treated as Windows: \(evidence)"],
                help: help)
        })

    /// Whether the machine type has no version, such as `pc`, `q35` or `virt`. It then stands for the newest version
    /// that QEMU has on the host where the guest starts.
    private static func isUnversioned(_ domain: Domain) -> Bool {
        guard let machine = domain.machine else { return true }
        return domain.withUTF8(machine) { bytes in
            !bytes.contains { $0 >= 0x30 && $0 <= 0x39 } || startsWith(bytes, "q35")
        }
    }
}

extension Inspection {
    /// How the CPU of a guest that follows its host can be fixed as it is. Every command is one that works.
    fileprivate var wayToFreeze: String {
        guard guest.hypervisor == .hardware else { return "name a model" }
        guard guest.isX86 else { return "keep the guest on its host: QEMU has no other CPU for it there" }
        let host = targetHosts.hosts.count == 1 ? otherOptions : " --host HOST"
        if cpu?.effectiveMode == .hostPassthrough || cpu?.effectiveMode == .maximum {
            return "keep the guest on its host; Windows would see it if the CPU were frozen: virt-cpu check --windows pin\(host) FILE says what. "
                + "If that is accepted, virt-cpu check --fix --windows pin-anyway\(host) FILE does it"
        }
        let sure = "which changes nothing that Windows sees"
        guard case .rewrite(let rewriting) = planOfFreezing() else {
            return "freeze it with virt-cpu check --fix --windows pin --host HOST FILE, \(sure); HOST is virsh domcapabilities of the host that it "
                + "runs on"
        }
        // The hosts are named, or the planner would have refused.
        return "freeze it with virt-cpu check --fix --windows pin\(otherOptions) FILE"
            + (rewriting.doubt == nil ? ", \(sure)" : "; give virsh domcapabilities of the host too, so that Windows certainly sees no change")
    }
}
