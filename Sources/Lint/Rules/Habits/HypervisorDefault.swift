import CPUModel
import DomainXML
import Hosts

extension Rule {
    static let hypervisorDefault = Rule(
        id: "hypervisor-default",
        severity: .warning,
        worst: .warning,
        tags: [.habits, .security],
        needs: .customMode,
        summary: "the guest gets a basic CPU of QEMU, for example qemu64, by default or by name",
        explanation: """
            Without a CPU model, QEMU gives x86 guests `qemu64`, a CPU of 2003 without SSE4, AES or AVX. It is slow, \
            cannot run systems that are built for x86-64-v2, and lacks the features that kernels need against \
            speculative execution attacks. libvirt writes it into the definition as `custom`, `qemu64`, \
            `check='none'`, and `virsh dumpxml` of the running guest shows it with `check='full'` and a few features. \
            QEMU strongly discourages its use.

            Without a default, `virt-cpu filter` gives such a guest the hosts' nearest model, and this rule reports it. A \
            comment that hides the finding keeps the guest as it is.

            A definition that names `qemu64`, `kvm64`, `qemu32` or `kvm32` requests such a CPU itself, and the finding \
            says what the guest lacks. RHEL 9, SLES 16 and others need x86-64-v2, and so do many container images, \
            whatever the guest's own system needs. Nothing is reported if the listed features make the CPU one of \
            x86-64-v2, nor for `match='minimum'`, under which the guest also gets what its host has.

            Nothing is reported on s390x and ppc64 under KVM, where the default is the host's own CPU. Nothing is \
            reported either for emulated machines for which QEMU has no `max` CPU (ppc64, sparc and other old ones), \
            because such a machine always has the CPU of its machine type.
            """,
        examples: [
            .bad(
                "no <cpu>", finds: "there is no <cpu>: the guest gets qemu64 or a similar basic model",
                """
                ↓<domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                </domain>
                """),
            .bad(
                "only a topology",
                finds: "<cpu> has neither a mode nor a model: the guest gets qemu64 or a similar basic model",
                .guest(
                    vcpu: "<vcpu>2</vcpu>", cpu: "↓<cpu><topology sockets='1' cores='2' threads='1'/></cpu>")),
            .bad(
                "what libvirt writes for the default",
                finds: "the guest has qemu64, which libvirt writes if no CPU is requested",
                .guest(
                    type: "qemu",
                    cpu: "↓<cpu mode='custom' match='exact' check='none'>"
                        + "<model fallback='forbid'>qemu64</model></cpu>")),
            .bad(
                "a basic model that the definition names",
                finds: "the guest has only x86-64-v1 (kvm64): it lacks ssse3, sse4.1, sse4.2, popcnt, lahf_lm",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='allow'>↓kvm64</model></cpu>")),
            .bad(
                "the same default, as virsh dumpxml of the running guest shows it",
                finds: "the guest has qemu64, which libvirt writes if no CPU is requested",
                .guest(cpu: """
                    ↓<cpu mode='custom' match='exact' check='full'>
                      <model fallback='forbid'>qemu64</model>
                      <feature policy='require' name='x2apic'/>
                      <feature policy='require' name='hypervisor'/>
                      <feature policy='require' name='lahf_lm'/>
                      <feature policy='disable' name='svm'/>
                    </cpu>
                    """)),
            .bad(
                "a 32-bit model in a 64-bit guest",
                finds: "qemu32 has no 64-bit mode (lm): a 64-bit system does not boot on it",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓qemu32</model></cpu>")),
            .good(
                "features that make x86-64-v2 of a basic model",
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>kvm64</model>
                      <feature policy='require' name='ssse3'/>
                      <feature policy='require' name='sse4.1'/>
                      <feature policy='require' name='sse4.2'/>
                      <feature policy='require' name='popcnt'/>
                      <feature policy='require' name='lahf_lm'/>
                    </cpu>
                    """)),
            .good(
                "a model",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Nehalem</model></cpu>")),
            .good("s390x under KVM", .guest(arch: "s390x")),
        ],
        check: { inspection in
            let guest = inspection.guest
            guard guest.isManaged else { return }
            if guest.hypervisor == .hardware, guest.architecture.facts.hasGoodKVMDefault { return }
            // The machine type decides about the CPU of such a machine, and QEMU has no better one for it.
            if guest.hypervisor == .emulated, !guest.hasEmulatedMaximum { return }
            let basic = basicModel(of: guest)
            // libvirt writes qemu64 and qemu32. kvm64 is what somebody has named.
            if isHypervisorDefault(inspection.cpu, guest), basic?.hasPrefix("kvm") != true {
                reportDefault(inspection)
            } else if let basic {
                reportBasicModel(basic, inspection)
            }
        })

    private static func reportDefault(_ inspection: Inspection) {
        let guest = inspection.guest
        let model = inspection.cpu?.namedModel.map { inspection.domain[$0] }
        let words = model.map(writtenByLibvirt)
            ?? (inspection.cpu == nil ? "there is no <cpu>" : "<cpu> has neither a mode nor a model")
        let gets =
            guest.isX86
            ? ": the guest gets qemu64 or a similar basic model" : ": the guest gets the machine type's default CPU"
        inspection.report(
            at: inspection.cpuPlace, words + (model == nil ? gets : ""),
            notes: (guest.architecture.name == "x86_64" ? [costOfV1] : []) + refusal(inspection), help: help(inspection))
    }

    /// Why `virt-cpu filter` leaves the guest without a CPU model, though no default says that it should.
    private static func refusal(_ inspection: Inspection) -> [String] {
        guard case .refused(let target, let reason) = inspection.plan, !inspection.plan.isAskedFor(hasDefault: inspection.hasDefault),
            !(target.needsHost && inspection.hasNoHost)
        else { return [] }
        return ["virt-cpu filter cannot give it \(target): \(reason)"]
    }

    /// Reports a basic model with the features that the guest goes without, unless the definition adds them.
    private static func reportBasicModel(_ model: String, _ inspection: Inspection) {
        let guest = inspection.guest
        guard let element = inspection.cpu?.model?.name.text, let question = StartQuestion(guest),
            let seen = inspection.startCheck.visible(question.cpu, question.platform)
        else { return }
        let x86 = inspection.knowledge.x86
        let lacking = x86.missing(for: .v2, in: seen.features | x86.bits(ofFeatures: ISALevel.v1.features))
        if lacking.isEmpty { return }
        let is64Bit = guest.architecture.name == "x86_64"
        let isDefault = inspection.cpu?.check?.value == .full && model.hasPrefix("qemu")
        let level = is64Bit ? "the guest has only x86-64-v1 (\(model))" : "the guest has only a basic CPU (\(model))"
        if is64Bit, !x86.bits(ofFeatures: ["lm"]).isSubset(of: seen.features) {
            inspection.report(
                at: element.span, "\(model) has no 64-bit mode (lm): a 64-bit system does not boot on it", help: help(inspection))
        } else if isDefault {
            inspection.report(
                at: inspection.cpuPlace, writtenByLibvirt(model),
                notes: ["it lacks \(lacking.joined(separator: ", "))"] + (is64Bit ? [costOfV1] : []) + refusal(inspection), help: help(inspection))
        } else {
            inspection.report(
                at: element.span, "\(level): it lacks \(lacking.joined(separator: ", "))",
                notes: (is64Bit ? [costOfV1] : []) + (model == "kvm64" && lacking.contains("lahf_lm") ? [proxmox] : []),
                help: help(inspection))
        }
    }

    private static func writtenByLibvirt(_ model: String) -> String {
        "the guest has \(model), which libvirt writes if no CPU is requested"
    }

    // qemu-server, PVE/QemuServer/CPUConfig.pm, `get_pve_cpu_flags`.
    private static let proxmox = "Proxmox's kvm64 also has lahf_lm, without which 64-bit Windows 8.1 and later do not boot"

    private static let costOfV1 =
        "systems and container images built for x86-64-v2 do not run on it (RHEL 9, SLES 16 and others)"

    /// Names a target that this guest can have: with several hosts, one that lets it run on all of them.
    private static func help(_ inspection: Inspection) -> String {
        let guest = inspection.guest
        if inspection.startCheck.hosts.count > 1, guest.hypervisor == .hardware, guest.isX86, inspection.sharedCPU() != nil {
            return inspection.wayOut()
        }
        let target: String? = switch guest.hypervisor {
        case .emulated: guest.hasEmulatedMaximum ? "maximum" : nil
        case _ where guest.architecture.facts.hasHostModel: "host-model"
        default: guest.architecture.family == .other ? nil : "host-passthrough"
        }
        return target.map { "use virt-cpu filter --default \($0), or name a model" } ?? "name a model"
    }
}
