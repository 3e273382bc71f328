import CPUModel
import DomainXML
import LibvirtWords

extension Rule {
    static let noEffect = Rule(
        id: "no-effect",
        severity: .note,
        tags: [.habits],
        needs: .cpu,
        summary: "a part of <cpu> has no effect on the guest",
        explanation: """
            libvirt does not read the model's name under host-model, and throws `<model>` away under host-passthrough and \
            maximum. On ppc64, the name under host-model is the compatibility mode, and has an effect. \
            `vendor_id` has none under host-passthrough and maximum.

            KVM never gives guests some features, whatever the host has and the definition asks for: those that need the \
            physical processor, like \(X86Map.withoutEffectUnderKVM.sorted().joined(separator: ", ")). They come into definitions \
            from `virsh capabilities`, which lists the host's own features. The list is that of the features that KVM masks \
            out (Linux, arch/x86/kvm/cpuid.c); libvirt 9.0, 11.3 and 12.9 show each of them as disabled in a started guest.

            `deprecated_features` is for s390x guests. For other guests, libvirt 12.9 starts the guest as if it were not \
            there, while 11.3 does not start it.

            The fix removes what can be removed without any change for libvirt and the guest.
            """,
        examples: [
            .bad(
                "a model under host-passthrough",
                finds: "the model kvm64 has no effect under host-passthrough: the guest gets the host's CPU",
                .guest(cpu: """
                    <cpu mode='host-passthrough'>
                      <model>↓kvm64</model>
                    </cpu>
                    """)),
            .bad(
                "a feature that KVM never gives",
                finds: "KVM never gives a guest est: the line has no effect",
                .guest(cpu: """
                    <cpu mode='host-model'>
                      <feature policy='disable' name='↓est'/>
                    </cpu>
                    """)),
            .bad(
                "an attribute for s390x", finds: "deprecated_features has no effect on x86_64 guests",
                .guest(cpu: "<cpu mode='host-model' deprecated_features='↓off'/>")),
            .bad(
                "the guest sees the host's vendor", finds: "vendor_id has no effect under host-passthrough: the guest sees the host's vendor",
                .guest(cpu: "<cpu mode='host-passthrough'><model vendor_id='↓GenuineIntel'/></cpu>")),
            .good(
                "what libvirt itself writes",
                .guest(cpu: "<cpu mode='host-model' check='partial'><model fallback='allow'/></cpu>")),
            .good(
                "the compatibility mode of ppc64",
                .guest(arch: "ppc64", cpu: "<cpu mode='host-model'><model>power9</model></cpu>")),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, inspection.guest.isManaged, !inspection.guest.hasMemory else { return }
            checkModel(cpu, inspection)
            checkFeatures(cpu, inspection)
            checkDeprecatedFeatures(cpu, inspection)
        })

    private static func checkModel(_ cpu: CPU, _ inspection: Inspection) {
        guard let mode = cpu.effectiveMode, mode != .custom, let model = cpu.model,
            mode != .hostModel || inspection.guest.architecture.family != .ppc64
        else { return }
        let domain = inspection.domain
        if mode != .hostModel, let id = model.vendorID, domain[id].unicodeScalars.count == 12,
            !domain.withUTF8(id, { $0.contains(0x2c) })
        {
            inspection.report(at: id.span, "vendor_id has no effect under \(mode.rawValue): the guest sees the host's vendor")
        }
        guard let name = cpu.namedModel else { return }
        // Without a known name, libvirt does not start the guest: that is a finding of unknown-model.
        if mode != .hostModel, inspection.guest.isX86, inspection.knowledge.x86.model(named: domain[name]) == nil { return }
        inspection.report(
            at: name.span,
            "the model \(domain[name]) has no effect under \(mode.rawValue): the guest gets "
                + (mode == .maximum ? "all that the hypervisor can give" : mode == .hostModel ? "the host's model" : "the host's CPU"),
            help: "remove the model, or write mode='custom' if the guest should have it",
            // <vendor> requires a model, and vendor_id has an effect under host-model.
            edits: cpu.vendor != nil || model.vendorID != nil ? [] : [Edit(name.span, "")])
    }

    private static func checkFeatures(_ cpu: CPU, _ inspection: Inspection) {
        guard inspection.guest.isX86, inspection.domain.is(inspection.domain.type, "kvm"), cpu.effectiveMode != nil else { return }
        for feature in cpu.features {
            guard let text = feature.name, let policy = feature.effectivePolicy, policy != .forbid else { continue }
            let name = inspection.domain[text]
            guard X86Map.withoutEffectUnderKVM.contains(name) else { continue }
            if policy == .disable, isInModel(name, cpu, inspection) { continue }
            // If libvirt compares the CPU with the host, it can refuse to start the guest for want of a required feature.
            // With match='strict', the line allows the host to have the feature.
            if cpu.match?.value == .strict, policy == .disable || policy == .optional { continue }
            let isRead = (policy == .require || policy == .force) && cpu.check?.value != CPU.Check.none
            inspection.report(
                at: text.span, "KVM never gives a guest \(name): the line has no effect", help: "remove the line",
                edits: isRead ? [] : inspection.removal(of: feature))
        }
    }

    /// Whether libvirt's model includes the feature, so that disabling it matters when libvirt compares the CPU.
    private static func isInModel(_ feature: String, _ cpu: CPU, _ inspection: Inspection) -> Bool {
        guard cpu.effectiveMode == .custom, let text = cpu.namedModel else { return false }
        let map = inspection.knowledge.x86
        guard let model = map.model(named: inspection.domain[text]), let bits = map.bits(ofFeature: feature) else { return true }
        return !bits.isDisjoint(with: model.features) || model.addedFeatures.contains(feature)
            || model.removedFeatures.contains(feature)
    }

    private static func checkDeprecatedFeatures(_ cpu: CPU, _ inspection: Inspection) {
        guard let word = cpu.deprecatedFeatures, word.value != nil, inspection.guest.architecture.family != .s390 else { return }
        // Refused by 11.3 with QEMU 10.0, and not by 12.9 with 11.1. The attribute is not known before 11.0, and of a host's
        // QEMU the start check knows more.
        let refusing = LibvirtVersion(major: 11)..<LibvirtVersion(major: 11, minor: 4)
        let old = inspection.readers.first { refusing.contains($0) }
        inspection.report(
            at: word.text.span, as: old == nil ? .note : .error,
            "deprecated_features has no effect on \(inspection.guest.architecture) guests"
                + (old.map { ", and libvirt \($0) does not start a guest that has it" } ?? ""),
            notes: old == nil ? ["libvirt 11.3 does not start a guest that has it"] : [],
            help: "remove deprecated_features: it is for s390x guests")
    }
}

extension X86Map {
    /// Features that no KVM guest gets. Of the features that KVM masks out (Linux, arch/x86/kvm/cpuid.c,
    /// `kvm_set_cpu_caps`), `ds`, `dtes64` and `ds_cpl` are left out, because newer kernels give them where they virtualise
    /// PEBS and branch records (vmx.c, `vmx_set_cpu_caps`), and `ht`, because QEMU sets it by the topology. QEMU turns
    /// `acpi` off, and `monitor`, except with `-overcommit cpu-pm=on`.
    static let withoutEffectUnderKVM = Set(neverGivenByKVM).subtracting(["ds", "dtes64", "ds_cpl", "ht"])
        .union(["acpi", "ia64", "cid", "lwp", "nodeid_msr", "perfctr_nb"])
}
