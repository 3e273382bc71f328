import CPUModel
import DomainXML

extension Rule {
    static let unsafeFeature = Rule(
        id: "unsafe-feature",
        severity: .warning,
        worst: .warning,
        tags: [.migration],
        needs: .modelOrFeatures,
        summary: "a feature that updates remove, such as TSX: then the guest does not start",
        explanation: """
            Updates of microcode, kernels, QEMU and libvirt take features away from guests. After such an update, a guest \
            whose CPU has the feature no longer starts or migrates. Many models include TSX (`hle`, `rtm`): Haswell, \
            Broadwell, Skylake and Cascadelake without `-noTSX` in their names, Cooperlake, Icelake-Server, \
            SapphireRapids, GraniteRapids.

            \(RemovableFeature.all.map(\.paragraph).joined(separator: "\n\n"))

            The first solution is to disable the features: the model keeps its name, and the guest sees the same \
            processor without them. The second is the `-noTSX` variant of the model, but some variants have another \
            brand string and stepping. A Windows guest sees a change in both cases, so disable the features before an \
            update forces you to. `optional` is no solution: the guest has the feature on each host that has it, until \
            an update removes it there.
            """,
        examples: [
            .bad(
                "a model that includes TSX",
                finds: "Skylake-Server-IBRS includes hle and rtm, which microcode and QEMU updates remove; the guest "
                    + "may then fail to start or migrate",
                .guest(
                    cpu: "<cpu mode='custom' match='exact'>"
                        + "<model fallback='forbid'>↓Skylake-Server-IBRS</model></cpu>")),
            .bad(
                "a required feature",
                finds: "feature mpx is required, but microcode and QEMU updates remove it; the guest may then fail to "
                    + "start or migrate",
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Skylake-Server-noTSX-IBRS</model>
                      ↓<feature policy='require' name='mpx'/>
                    </cpu>
                    """)),
            .bad(
                "optional features, which the guest has until an update removes them",
                finds: "Haswell-IBRS includes hle and rtm, which microcode and QEMU updates remove; the guest may then "
                    + "fail to start or migrate",
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>↓Haswell-IBRS</model>
                      <feature policy='optional' name='hle'/>
                      <feature policy='optional' name='rtm'/>
                    </cpu>
                    """)),
            .bad(
                "a feature of Intel's processors in a guest on AMD",
                finds: "feature arch-capabilities is required, but updates remove it from guests on AMD; the guest may then "
                    + "fail to start or migrate",
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>EPYC-Milan</model>
                      ↓<feature policy='require' name='arch-capabilities'/>
                    </cpu>
                    """)),
            .good(
                "the -noTSX variant of the model",
                .guest(cpu: """
                    <cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server-noTSX-IBRS</model></cpu>
                    """)),
            .good(
                "TSX is disabled",
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Cooperlake</model>
                      <feature policy='disable' name='hle'/>
                      <feature policy='disable' name='rtm'/>
                    </cpu>
                    """)),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, inspection.guest.hypervisor == .hardware, inspection.guest.isX86,
                cpu.effectiveMode == .custom || cpu.effectiveMode == .hostModel
            else { return }
            let domain = inspection.domain
            let isWindows = inspection.guest.windows != nil
            let isVisible = isWindows ? "; Windows can see that change" : ""
            reportScoped(cpu, inspection, isVisible)
            var open = [String](), required = [(name: String, place: ByteRange)]()
            var model: X86Model?
            if cpu.effectiveMode == .custom, let name = cpu.namedModel {
                model = inspection.knowledge.x86.model(named: domain[name])
                if let model { open = inspection.knowledge.x86.unsafe(in: model) }
            }
            for feature in cpu.features {
                guard let name = domain[feature.name], RemovableFeature.everywhere.contains(name) else { continue }
                switch feature.effectivePolicy {
                case .disable, .forbid: open.removeAll { $0 == name }
                case .require, .force:
                    open.removeAll { $0 == name }
                    required.append((name, feature.element.span))
                case .optional, nil: continue
                }
            }
            report(required, inspection, isVisible)
            guard let model, !open.isEmpty, let text = cpu.model?.name.text else { return }
            // The variant can have another brand string and signature, so it is not suggested for Windows.
            let sibling = isWindows ? nil : inspection.knowledge.x86.withoutTSX(model.name).flatMap { inspection.startsEverywhere($0) ? $0 : nil }
            inspection.report(
                at: text.span,
                "\(model.name) includes \(open.joined(separator: " and ")), which microcode and QEMU updates remove; "
                    + "the guest may then fail to start or migrate",
                notes: lines(for: open),
                help: "set " + open.map { "<feature policy='disable' name='\($0)'/>" }.joined()
                    + (sibling.map { ", or use \($0)" } ?? "") + isVisible)
        })

    /// Reports the features that the definition requires itself, at the first of them.
    private static func report(_ required: [(name: String, place: ByteRange)], _ inspection: Inspection, _ isVisible: String) {
        guard let first = required.first else { return }
        let names = required.map(\.name), one = names.count == 1
        inspection.report(
            at: first.place,
            (one ? "feature \(first.name) is" : "features \(listing(names)) are")
                + " required, but microcode and QEMU updates remove \(one ? "it" : "them"); "
                + "the guest may then fail to start or migrate",
            notes: lines(for: names), help: "disable \(one ? "it" : "them")\(isVisible)")
    }

    private static func lines(for names: [String]) -> [String] {
        RemovableFeature.all.filter { !$0.names.allSatisfy { !names.contains($0) } }.map(\.line)
    }

    /// Reports features that are at risk only on some processors.
    private static func reportScoped(_ cpu: CPU, _ inspection: Inspection, _ isVisible: String) {
        let domain = inspection.domain
        let model = cpu.namedModel.flatMap { inspection.knowledge.x86.model(named: domain[$0]) }
        let listed = cpu.features.first { domain[$0.name] == "arch-capabilities" && $0.isOn }
        if let listed, let fact = RemovableFeature.named("arch-capabilities"), inspection.runsOnAMD(model) {
            inspection.report(
                at: listed.element.span,
                "feature arch-capabilities is required, but updates remove it from guests on AMD; the guest may then fail to "
                    + "start or migrate",
                notes: [fact.line], help: "remove it, and with it the features that need it, such as rdctl-no and mds-no\(isVisible)")
        }
        guard let fact = RemovableFeature.named("rdseed"), inspection.startCheck.runsOnZen5(model) else { return }
        let own = cpu.features.last { domain[$0.name] == "rdseed" }
        let isIncluded = cpu.effectiveMode == .custom
            && model.map { inspection.knowledge.x86.includes("rdseed", in: $0) } ?? false
        guard own?.isOn ?? (isIncluded && own == nil) else { return }
        inspection.report(
            at: own?.element.span ?? cpu.model?.name.text.span ?? inspection.cpuPlace, as: .note,
            "\(own == nil ? "\(model?.name ?? "the model") includes rdseed" : "feature rdseed is required"), which Zen 5 processors "
                + "have only with corrected microcode; elsewhere the guest may fail to start or migrate",
            notes: [fact.line], help: "update the microcode of all hosts, or disable rdseed\(isVisible)")
    }
}

extension CPU.Feature {
    fileprivate var isOn: Bool { effectivePolicy == .require || effectivePolicy == .force }
}

extension Inspection {
    /// All hosts start the guest with another model.
    fileprivate func startsEverywhere(_ model: String) -> Bool {
        guard var question = hostAnswer?.question ?? StartQuestion(guest) else { return false }
        question.cpu.model = model
        return startCheck.allStart(question)
    }

    /// All hosts have processors of AMD; without hosts, the model is one of AMD's.
    fileprivate func runsOnAMD(_ model: X86Model?) -> Bool {
        startCheck.vendors.isEmpty ? model?.vendor == "AMD" : startCheck.vendors.allSatisfy { $0 == "AMD" }
    }
}
