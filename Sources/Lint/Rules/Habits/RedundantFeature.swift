import CPUModel
import DomainXML

extension Rule {
    static let redundantFeature = Rule(
        id: "redundant-feature",
        severity: .note,
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
            guard let cpu = inspection.cpu, cpu.effectiveMode == .custom, !cpu.features.isEmpty, guest.isManaged,
                guest.isX86, cpu.check?.value != CPU.Check.none, cpu.check?.value != .full,
                cpu.match == nil || cpu.match?.value == .exact, cpu.model?.fallback?.value == .forbid,
                !domain.isRunning,
                // Under emulation, libvirt checks nothing unless the definition says so.
                guest.hypervisor == .hardware || cpu.check != nil,
                let definition = CPUDefinition(cpu, in: domain), let name = definition.model
            else { return }
            // Without a record of QEMU's model, it is unknown whether the two models agree.
            guard let qemu = inspection.knowledge.qemu, qemu.model(named: name) != nil,
                let model = inspection.knowledge.x86.model(named: name),
                // If the guest lists more features than the CPU map has, some are listed twice or unknown, and libvirt
                // refuses the definition anyway.
                definition.features.count <= inspection.knowledge.x86.features.count
            else { return }
            let redundancy = Redundancy(
                map: inspection.knowledge.map, qemu: qemu, accelerator: guest.hypervisor == .hardware ? .kvm : .tcg,
                machine: domain[domain.machine])
            // The definition without the lines that were reported so far: of two lines, each can be redundant only
            // because of the other.
            var left = definition
            for (feature, line) in zip(cpu.features, definition.features)
            where !inspection.isAskedFor(line.name) && !isUnsafe(line)
                && redundancy.isRedundant(line, in: definition, of: model)
                && redundancy.isRedundant(line, in: left, of: model) {
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
    let map: CPUMap
    let qemu: QEMUModels
    let accelerator: Accelerator
    /// The guest's machine type; nil if the definition names none.
    var machine: String?

    /// Features that do not follow the model: QEMU sets them by the topology or with the PMU, or the guest's operating
    /// system does.
    private static let setByQEMU: Set = ["ht", "cmp_legacy", "pdcm", "osxsave", "ospke"]

    func isRedundant(_ line: CPUDefinition.Feature, in cpu: CPUDefinition, of model: X86Model) -> Bool {
        guard line.policy == .require || line.policy == .disable, !Self.setByQEMU.contains(line.name),
            // libvirt's model alone is enough to recognise most lines that have an effect.
            let bits = map.x86.bits(ofFeature: line.name),
            line.policy == .require ? bits.isSubset(of: model.features) : bits.isDisjoint(with: model.features),
            // Whether these belong to the model depends on the version of libvirt and QEMU.
            !model.addedFeatures.contains(line.name), !model.removedFeatures.contains(line.name),
            // libvirt refuses a feature that is listed twice.
            cpu.features.filter({ $0.name == line.name }).count == 1
        else { return false }
        if let parent = map.x86.parent(ofFeature: line.name), !isInQEMU(parent, model),
            cpu.features.contains(where: { $0.name == parent && $0.policy != .disable && $0.policy != .forbid })
        {
            // QEMU's model was recorded without the parent of this feature. With the parent, it can have more features.
            return false
        }
        var without = cpu
        without.features.removeAll { $0 == line }
        // Optional features depend on the host: compare with a host that has nothing and with one that has everything.
        for host in [nil, map.x86.bits(ofFeatures: map.x86.features.map(\.name))] {
            guard let before = try? map.x86.expand(cpu, on: host), before == (try? map.x86.expand(without, on: host)),
                let seen = visible(cpu, host), seen == visible(without, host)
            else { return false }
            if !cpu.features.contains(where: { $0.policy == .optional }) { break }
        }
        return true
    }

    private func isInQEMU(_ feature: String, _ model: X86Model) -> Bool {
        let version = machine.flatMap { MachineVersion(machine: $0) }
        let features = map.x86.features(of: model, in: qemu, under: accelerator, on: version)
        return map.x86.bits(ofFeature: feature)?.isSubset(of: features) ?? false
    }

    private func visible(_ cpu: CPUDefinition, _ host: FeatureSet?) -> GuestVisibleCPU? {
        // The result is nil only for a CPU that depends on the host, which a custom CPU does not. An error means an
        // unknown name.
        (try? map.guestVisibleCPU(of: cpu, under: accelerator, machine: machine, on: host, qemu: qemu)) ?? nil
    }
}
