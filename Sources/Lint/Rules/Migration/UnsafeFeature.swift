import CPUModel
import DomainXML

extension Rule {
    static let unsafeFeature = Rule(
        id: "unsafe-feature",
        severity: .warning,
        tags: [.migration],
        needs: .modelOrFeatures,
        summary: "TSX or MPX: an update of microcode or QEMU can remove it, and then the guest does not start",
        explanation: """
            Microcode updates from Intel switch TSX (`hle`, `rtm`) off on more and more processors, and QEMU and the kernel \
            have dropped `mpx`. After such an update, a guest whose CPU has these features no longer starts or migrates. Many \
            models include TSX: Haswell, Broadwell, Skylake and Cascadelake without `-noTSX` in their names, Cooperlake, \
            Icelake-Server, SapphireRapids, GraniteRapids.

            The first solution is to disable the features: the model keeps its name, and the guest sees the same processor \
            without them. The second is the `-noTSX` variant of the model, but some variants have another brand string and \
            stepping. A Windows guest sees a change in both cases, so disable the features before an update forces you to. \
            `optional` is no solution: the guest has the feature on each host that has it, until an update removes it there.
            """,
        examples: [
            .bad(
                "a model that includes TSX",
                finds: "Skylake-Server-IBRS includes hle and rtm, which microcode and QEMU updates remove; the guest may then fail to start or migrate",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓Skylake-Server-IBRS</model></cpu>")),
            .bad(
                "a required feature", finds: "feature mpx is required, but microcode and QEMU updates remove it; the guest may then fail to start or migrate",
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Skylake-Server-noTSX-IBRS</model>
                      ↓<feature policy='require' name='mpx'/>
                    </cpu>
                    """)),
            .bad(
                "optional features, which the guest has until an update removes them",
                finds: "Haswell-IBRS includes hle and rtm, which microcode and QEMU updates remove; the guest may then fail to start or migrate",
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>↓Haswell-IBRS</model>
                      <feature policy='optional' name='hle'/>
                      <feature policy='optional' name='rtm'/>
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
            var open = [String]()
            var model: X86Model?
            if cpu.effectiveMode == .custom, let name = cpu.namedModel {
                model = inspection.knowledge.x86.model(named: domain[name])
                if let model { open = inspection.knowledge.x86.unsafe(in: model) }
            }
            for feature in cpu.features {
                guard let name = domain[feature.name], X86Map.unsafeFeatures.contains(name) else { continue }
                switch feature.effectivePolicy {
                case .disable, .forbid: open.removeAll { $0 == name }
                case .require, .force:
                    open.removeAll { $0 == name }
                    inspection.report(
                        at: feature.element.span,
                        "feature \(name) is required, but microcode and QEMU updates remove it; the guest may then fail to start or migrate",
                        help: "disable it\(isVisible)")
                case .optional, nil: continue
                }
            }
            guard let model, !open.isEmpty, let text = cpu.model?.name.text else { return }
            // The variant can have another brand string and signature, so it is not suggested for Windows.
            let sibling = isWindows ? nil : inspection.knowledge.x86.withoutTSX(model.name)
            inspection.report(
                at: text.span,
                "\(model.name) includes \(open.joined(separator: " and ")), which microcode and QEMU updates remove; the guest may then fail to start or migrate",
                help: "set " + open.map { "<feature policy='disable' name='\($0)'/>" }.joined()
                    + (sibling.map { ", or use \($0)" } ?? "") + isVisible)
        })
}

extension X86Map {
    /// The unsafe features that a model includes.
    fileprivate func unsafe(in model: X86Model) -> [String] {
        Self.unsafeFeatures.filter { name in bits(ofFeature: name).map { $0.isSubset(of: model.features) } ?? false }
    }

    /// The variant of a model without unsafe features, such as `Haswell-noTSX-IBRS` for `Haswell-IBRS`; nil if there is
    /// none.
    fileprivate func withoutTSX(_ name: String) -> String? {
        let base = name.hasSuffix("-IBRS") ? String(name.dropLast(5)) : name
        let sibling = "\(base)-noTSX" + (base == name ? "" : "-IBRS")
        // Skylake has a -noTSX variant only together with -IBRS. The plain models are nearest to that one.
        return [sibling, "\(base)-noTSX-IBRS"].first { name in
            // Icelake-Client-noTSX still has mpx.
            model(named: name).map { unsafe(in: $0).isEmpty } ?? false
        }
    }
}
