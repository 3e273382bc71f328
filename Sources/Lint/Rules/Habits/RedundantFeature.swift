import CPUModel
import DomainXML

extension Rule {
    static let redundantFeature = Rule(
        id: "redundant-feature",
        severity: .note,
        worst: .note,
        tags: [.habits],
        needs: .features,
        summary: "the model already implies the feature, so the line changes nothing",
        explanation: """
            The line requires a feature that the model has anyway, or disables one that the model does not have, and \
            QEMU's model of that name agrees with libvirt's. Without the line the guest is the same. Where the two \
            models disagree, the line has an effect, and nothing is reported: `require svm` with EPYC enables what KVM \
            otherwise switches off, and `disable f16c` with Haswell disables a feature that only QEMU's Haswell has. \
            The models are those of QEMU \(QEMUModels.builtInVersion). Nothing is reported for models that this QEMU \
            does not have, for features that QEMU sets by itself (`ht` by the topology, `pdcm` with the PMU), or with \
            another CPU map than the built-in one. Old machine types have older forms of some models: on \
            `pc-i440fx-2.4`, Haswell has no `abm`.

            Nothing is reported either where the guest could start without a required feature: with `check='none'`, \
            which is the default under emulation, or with `fallback='allow'`. There the line can still matter to \
            libvirt.

            Since version 10.2, libvirt compares nothing at the start if the hypervisor calls the model usable and all \
            features that the guest lists are disabled ones. The last line whose policy is not `disable` is therefore \
            reported, but the fix does not remove it, because libvirt would check the guest differently without it.
            """,
        examples: [
            .bad(
                "Haswell has the feature", finds: "requiring pcid is redundant: Haswell already includes it",
                .guest(cpu: exact(
                    "Haswell", "↓<feature policy='require' name='pcid'/>",
                    "<feature policy='require' name='vmx'/>"))),
            .bad(
                "the only required feature: reported, but not removed by the fix",
                finds: "requiring pcid is redundant: Haswell already includes it",
                .guest(cpu: exact(
                    "Haswell", "↓<feature policy='require' name='pcid'/>",
                    "<feature policy='disable' name='rtm'/>"))),
            .bad(
                "Penryn does not have the feature", finds: "disabling avx2 is redundant: Penryn does not include it",
                .guest(cpu: exact("Penryn", "↓<feature policy='disable' name='avx2'/>"))),
            .good(
                "the policy lists the feature", policy: "default: {model: Haswell, features: {pcid: require}}",
                .guest(cpu: exact("Haswell", "<feature policy='require' name='pcid'/>"))),
            .good(
                "libvirt's EPYC has svm, but KVM switches it off",
                .guest(cpu: exact("EPYC", "<feature policy='require' name='svm'/>"))),
            .good(
                "with svm, KVM also gives the guest npt",
                .guest(cpu: exact(
                    "EPYC", "<feature policy='require' name='svm'/>",
                    "<feature policy='disable' name='npt'/>"))),
            .good(
                "libvirt's Haswell has no f16c, but QEMU's has",
                .guest(cpu: exact("Haswell", "<feature policy='disable' name='f16c'/>"))),
        ],
        check: { inspection in
            let guest = inspection.guest
            let domain = inspection.domain
            // To compare the guest with and without each line is costly.
            guard inspection.isWanted(.note), let cpu = inspection.cpu, cpu.effectiveMode == .custom, !cpu.features.isEmpty, guest.isManaged,
                guest.isX86, cpu.check?.value != CPU.Check.none, cpu.check?.value != .full,
                cpu.match == nil || cpu.match?.value == .exact, cpu.model?.fallback?.value == .forbid,
                !domain.isRunning,
                // Under emulation, libvirt checks nothing unless the definition says so.
                guest.hypervisor == .hardware || cpu.check != nil,
                let definition = inspection.hostAnswer?.question.cpu ?? CPUDefinition(cpu, in: domain), let name = definition.model
            else { return }
            // Without a record of QEMU's model, it is unknown whether the two models agree.
            guard let qemu = inspection.knowledge.qemu, qemu.model(named: name) != nil,
                let model = inspection.knowledge.x86.model(named: name),
                // If the guest lists more features than the CPU map has, some are listed twice or unknown, and libvirt
                // refuses the definition anyway.
                definition.features.count <= inspection.knowledge.x86.features.count
            else { return }
            let redundancy = Redundancy(
                of: model, in: inspection.knowledge.map, qemu: qemu, under: guest.hypervisor == .hardware ? .kvm : .tcg,
                machine: domain[domain.machine])
            // The definition without the lines that were reported so far: of two lines, each can be redundant only
            // because of the other.
            var left = definition
            for (feature, line) in zip(cpu.features, definition.features)
            where !inspection.isAskedFor(line.name) && !isUnsafe(line)
                && redundancy.isRedundant(line, in: definition)
                && redundancy.isRedundant(line, in: left) {
                let isLast = line.policy != .disable && !left.features.contains { $0.policy != .disable && $0 != line }
                if !isLast { left.features.removeAll { $0 == line } }
                let message = line.policy == .disable
                    ? "disabling \(line.name) is redundant: \(name) does not include it"
                    : "requiring \(line.name) is redundant: \(name) already includes it"
                inspection.report(
                    at: feature.element.span, message,
                    notes: ["the guest is the same without the line, according to \(name) in QEMU \(qemu.qemuVersion)"],
                    help: isLast
                        ? "remove the line, unless it is there to make libvirt compare the CPU with the host"
                        : "remove the line",
                    edits: isLast ? [] : inspection.removal(of: feature))
            }
        })
}

/// A `<cpu>` with exactly a model and features, for the examples.
private func exact(_ model: String, _ features: String...) -> String {
    let features = features.map { "  \($0)\n" }.joined()
    return "<cpu mode='custom' match='exact'>\n  <model fallback='forbid'>\(model)</model>\n\(features)</cpu>"
}

extension Inspection {
    /// The policy lists the feature itself. If a fix removed it, the policy's own fix would add it again.
    fileprivate func isAskedFor(_ feature: String) -> Bool {
        guard case .model(let model) = target else { return false }
        return model.features.contains { $0.name == feature }
    }
}

/// The rule `unsafe-feature` says to disable these features, so their lines should not be removed.
private func isUnsafe(_ line: CPUDefinition.Feature) -> Bool {
    line.policy == .require && RemovableFeature.everywhere.contains(line.name)
}

/// Decides whether removing the line of a feature makes no difference to libvirt and to the guest.
struct Redundancy {
    private let x86: X86Map
    private let model: X86Model
    /// What the guest gets of QEMU's model before the definition's features count.
    private let given: FeatureSet
    /// The features of QEMU's model.
    private let ofQEMU: FeatureSet

    /// Features that do not follow the model: QEMU sets them by the topology or with the PMU, or the guest's operating
    /// system does.
    private static let setByQEMU: Set = ["ht", "cmp_legacy", "pdcm", "osxsave", "ospke"]

    /// - Parameter machine: the guest's machine type; nil if the definition names none.
    init(of model: X86Model, in map: CPUMap, qemu: QEMUModels, under accelerator: Accelerator, machine: String?) {
        x86 = map.x86
        self.model = model
        let actual = qemu.model(named: model.name)?.on(machine.flatMap { MachineVersion(machine: $0) })
        let recorded = x86.recordedFeatures(of: model, as: actual, under: accelerator)
        ofQEMU = x86.withoutOrphans(recorded)
        given = recorded | x86.bits(ofFeatures: model.addedFeatures) - x86.bits(ofFeatures: model.removedFeatures)
    }

    func isRedundant(_ line: CPUDefinition.Feature, in cpu: CPUDefinition) -> Bool {
        guard line.policy == .require || line.policy == .disable, !Self.setByQEMU.contains(line.name),
            // libvirt's model alone is enough to recognise most lines that have an effect.
            let bits = x86.bits(ofFeature: line.name),
            line.policy == .require ? bits.isSubset(of: model.features) : bits.isDisjoint(with: model.features),
            // Whether these belong to the model depends on the version of libvirt and QEMU.
            !model.addedFeatures.contains(line.name), !model.removedFeatures.contains(line.name),
            // libvirt refuses a feature that is listed twice.
            cpu.features.count(where: { $0.name == line.name }) == 1
        else { return false }
        if let parent = x86.parent(ofFeature: line.name), x86.bits(ofFeature: parent)?.isSubset(of: ofQEMU) != true,
            cpu.features.contains(where: { $0.name == parent && $0.policy != .disable && $0.policy != .forbid })
        {
            // QEMU's model was recorded without the parent of this feature. With the parent, it can have more features.
            return false
        }
        var without = cpu
        without.features.removeAll { $0 == line }
        if !isSame(cpu, without, on: nil) { return false }
        // Optional features depend on the host: compare with a host that has nothing and with one that has everything.
        return !cpu.features.contains { $0.policy == .optional } || isSame(cpu, without, on: x86.bits(ofFeatures: x86.features.map(\.name)))
    }

    /// Neither libvirt nor the guest sees a difference. Model, brand, vendor and signature do not depend on the features.
    private func isSame(_ cpu: CPUDefinition, _ other: CPUDefinition, on host: FeatureSet?) -> Bool {
        guard let expanded = try? x86.expand(cpu, on: host), expanded == (try? x86.expand(other, on: host)) else { return false }
        return seen(cpu, host) == seen(other, host)
    }

    /// The features that the guest sees, as `CPUMap.guestVisibleCPU` determines them.
    private func seen(_ cpu: CPUDefinition, _ host: FeatureSet?) -> FeatureSet {
        var features = given
        for feature in cpu.features {
            let bits = x86.bits(ofFeature: feature.name) ?? FeatureSet()
            switch feature.policy {
            case .force, .require: features |= bits
            case .disable, .forbid: features -= bits
            case .optional: features = features - bits | bits & (host ?? FeatureSet())
            }
        }
        return x86.withoutOrphans(features)
    }
}
