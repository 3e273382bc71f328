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
            the name agrees with libvirt's: removing the line changes nothing. Where the two disagree the line does \
            something, and nothing is said: `require svm` with EPYC switches on what KVM switches off, and `disable \
            f16c` with Haswell switches off what only QEMU's Haswell has.

            A required feature still says something to libvirt where `check='none'` or `fallback='allow'` lets the \
            model be another one; nothing is said then either.
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
            guard let cpu = inspection.cpu, cpu.effectiveMode == .custom, !cpu.features.isEmpty, guest.isManaged,
                guest.isX86, let name = cpu.namedModel, cpu.check?.value != CPU.Check.none, cpu.check?.value != .full,
                cpu.match == nil || cpu.match?.value == .exact, cpu.model?.fallback?.value == .forbid,
                !inspection.domain.isRunning
            else { return }
            let knowledge = inspection.knowledge
            // Without a record of QEMU's model there is no telling that the two agree.
            guard let model = knowledge.x86.model(named: inspection.domain[name]),
                knowledge.qemu.model(named: model.name) != nil
            else { return }
            let accelerator: Accelerator = guest.hypervisor == .hardware ? .kvm : .tcg
            let actual = knowledge.x86.features(of: model, in: knowledge.qemu, under: accelerator)
            for feature in cpu.features {
                guard let text = feature.name, let policy = feature.effectivePolicy,
                    let bits = knowledge.x86.bits(ofFeature: inspection.domain[text])
                else { continue }
                let words: String
                switch policy {
                case .require where bits.isSubset(of: model.features) && bits.isSubset(of: actual):
                    words = "is part of \(model.name) anyway"
                case .disable where bits.isDisjoint(with: model.features) && bits.isDisjoint(with: actual)
                    && !model.addedFeatures.contains(inspection.domain[text])
                    && !model.removedFeatures.contains(inspection.domain[text]):
                    words = "is not part of \(model.name) anyway"
                default: continue
                }
                inspection.report(
                    at: feature.element.span, "feature \(inspection.domain[text]) \(words)", help: "remove the line",
                    edits: removal(of: feature, from: cpu))
            }
        })
}

/// The edit that removes a feature with its line.
func removal(of feature: CPU.Feature, from cpu: CPU) -> [Edit] {
    guard let index = cpu.children.firstIndex(where: { $0.span == feature.element.span }) else { return [] }
    let before = index == 0 ? cpu.element.startTag.end : cpu.children[index - 1].span.end
    return [Edit(Span(before, feature.element.span.end), "")]
}
