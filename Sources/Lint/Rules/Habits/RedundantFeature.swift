import CPUModel
import DomainXML

extension Rule {
    static let redundantFeature = Rule(
        id: "redundant-feature",
        severity: .note,
        needs: .features,
        summary: "the model says it already: the feature changes nothing",
        explanation: """
            A feature that the model has anyway is required, or one that it has not is disabled, and QEMU's model of \
            the name agrees with libvirt's: the guest is the same without the line. Where the two disagree the line \
            does something, and nothing is said: `require svm` with EPYC switches on what KVM switches off, and \
            `disable f16c` with Haswell switches off what only QEMU's Haswell has. QEMU's models are those of QEMU \
            \(QEMUModels.builtInVersion); nothing is said of models that it does not have, nor of features that QEMU \
            sets by itself (`ht` by the topology, `pdcm` with the PMU), nor with another CPU map than the built-in one.

            A required feature still says something to libvirt where `check='none'`, which is the default under \
            emulation, or `fallback='allow'` lets the guest start with less; nothing is said then either.

            Since 10.2 libvirt compares nothing at the start when the hypervisor calls the model usable and every \
            feature that is listed is `disable`. The last line of another policy is therefore named, but not removed \
            by the fix: without it, libvirt's check is another one.
            """,
        examples: [
            .bad(
                "Haswell has it",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Haswell</model>
                    <feature policy='require' name='pcid'/>
                    <feature policy='require' name='vmx'/>
                  </cpu>
                </domain>
                """),
            .bad(
                "the only one that is required: said, not removed",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Haswell</model>
                    <feature policy='require' name='pcid'/>
                    <feature policy='disable' name='rtm'/>
                  </cpu>
                </domain>
                """),
            .bad(
                "Penryn has it not",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Penryn</model>
                    <feature policy='disable' name='avx2'/>
                  </cpu>
                </domain>
                """),
            .good(
                "the policy lists it", policy: "default: {model: Haswell, features: {pcid: require}}",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Haswell</model>
                    <feature policy='require' name='pcid'/>
                  </cpu>
                </domain>
                """),
            .good(
                "libvirt's EPYC has svm, but KVM switches it off",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>EPYC</model>
                    <feature policy='require' name='svm'/>
                  </cpu>
                </domain>
                """),
            .good(
                "with svm, KVM gives npt too",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>EPYC</model>
                    <feature policy='require' name='svm'/>
                    <feature policy='disable' name='npt'/>
                  </cpu>
                </domain>
                """),
            .good(
                "libvirt's Haswell has no f16c, but QEMU's has",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Haswell</model>
                    <feature policy='disable' name='f16c'/>
                  </cpu>
                </domain>
                """),
        ],
        check: { inspection in
            let guest = inspection.guest
            let domain = inspection.domain
            guard let cpu = inspection.cpu, cpu.effectiveMode == .custom, !cpu.features.isEmpty, guest.isManaged,
                guest.isX86, cpu.check?.value != CPU.Check.none, cpu.check?.value != .full,
                cpu.match == nil || cpu.match?.value == .exact, cpu.model?.fallback?.value == .forbid, !domain.isRunning,
                // libvirt's default there is to check nothing.
                guest.hypervisor == .hardware || cpu.check != nil,
                let definition = CPUDefinition(cpu, in: domain), let name = definition.model
            else { return }
            // Without a record of QEMU's model there is no telling that the two agree.
            guard let qemu = inspection.knowledge.qemu, qemu.model(named: name) != nil,
                let model = inspection.knowledge.x86.model(named: name),
                // More of them are twice or unknown, which is refused anyway.
                definition.features.count <= inspection.knowledge.x86.features.count
            else { return }
            let redundancy = Redundancy(
                map: inspection.knowledge.map, qemu: qemu, accelerator: guest.hypervisor == .hardware ? .kvm : .tcg)
            // What is left when everything that was called redundant so far is gone: two lines can each do the other's
            // work.
            var left = definition
            for (feature, line) in zip(cpu.features, definition.features)
            where !inspection.isAskedFor(line.name) && !isUnsafe(line) && redundancy.isRedundant(line, in: definition, of: model)
                && redundancy.isRedundant(line, in: left, of: model) {
                let isLast = line.policy != .disable && !left.features.contains { $0.policy != .disable && $0 != line }
                if !isLast { left.features.removeAll { $0 == line } }
                let anyway = line.policy == .disable ? "is not part of \(name) anyway" : "is part of \(name) anyway"
                inspection.report(
                    at: feature.element.span, "feature \(line.name) \(anyway)",
                    notes: ["the guest is the same without it, by QEMU \(qemu.qemuVersion)'s \(name)"],
                    help: isLast
                        ? "remove the line, if it is not there to make libvirt compare the CPU with the host" : "remove the line",
                    edits: isLast ? [] : removal(of: feature, from: cpu, in: inspection.guest.document))
            }
        })
}

/// What is to be disabled should not be told to go first.
private func isUnsafe(_ line: CPUDefinition.Feature) -> Bool {
    line.policy == .require && X86Map.unsafeFeatures.contains(line.name)
}

/// Whether a feature's line can go and neither libvirt nor the guest can tell.
struct Redundancy {
    let map: CPUMap
    let qemu: QEMUModels
    let accelerator: Accelerator

    /// QEMU's own doing, whatever the model says: by the topology, with the PMU, or by the guest's operating system.
    private static let setByQEMU: Set = ["ht", "cmp_legacy", "pdcm", "osxsave", "ospke"]

    func isRedundant(_ line: CPUDefinition.Feature, in cpu: CPUDefinition, of model: X86Model) -> Bool {
        guard line.policy == .require || line.policy == .disable, !Self.setByQEMU.contains(line.name),
            // Nearly all lines that do something are found out by libvirt's model alone.
            let bits = map.x86.bits(ofFeature: line.name),
            line.policy == .require ? bits.isSubset(of: model.features) : bits.isDisjoint(with: model.features),
            // Other libvirts and QEMUs have these in the model, or have them not.
            !model.addedFeatures.contains(line.name), !model.removedFeatures.contains(line.name),
            // What is there twice is refused anyway.
            cpu.features.filter({ $0.name == line.name }).count == 1
        else { return false }
        if let parent = map.x86.parent(ofFeature: line.name),
            cpu.features.contains(where: { $0.name == parent && $0.policy != .disable && $0.policy != .forbid })
        {
            // QEMU's models were recorded without the parent, and bring more along with it.
            return false
        }
        var without = cpu
        without.features.removeAll { $0 == line }
        // With a host that has nothing and one that has everything, for what is optional.
        for host in [nil, map.x86.bits(ofFeatures: map.x86.features.map(\.name))] {
            guard let before = try? map.x86.expand(cpu, on: host), before == (try? map.x86.expand(without, on: host)),
                let seen = visible(cpu, host), seen == visible(without, host)
            else { return false }
            if !cpu.features.contains(where: { $0.policy == .optional }) { break }
        }
        return true
    }

    private func visible(_ cpu: CPUDefinition, _ host: FeatureSet?) -> GuestVisibleCPU? {
        // Nil for a CPU that follows the host: not `custom` ones. Errors are unknown names.
        (try? map.guestVisibleCPU(of: cpu, under: accelerator, on: host, qemu: qemu)) ?? nil
    }
}

/// The edit that removes a feature with its line.
func removal(of feature: CPU.Feature, from cpu: CPU, in document: Document) -> [Edit] {
    guard let index = cpu.children.firstIndex(where: { $0.span == feature.element.span }) else { return [] }
    let before = index == 0 ? cpu.element.startTag.end : cpu.children[index - 1].span.end
    return [document.removing(feature.element.span, after: before)]
}
