import CPUModel
import DomainXML

extension Rule {
    static let unsafeFeature = Rule(
        id: "unsafe-feature",
        severity: .warning,
        needs: [.cpu, .modelOrFeatures],
        summary: "TSX or MPX: gone after a microcode or QEMU update, and then the guest does not start",
        explanation: """
            Intel switches TSX (`hle`, `rtm`) off by microcode, on more and more processors, and QEMU and the \
            kernel dropped `mpx`. A guest whose CPU has them does not start or migrate any more after such an \
            update. Many models include TSX by name: Haswell, Broadwell, Skylake and Cascadelake without `-noTSX`, \
            Cooperlake, Icelake-Server, SapphireRapids, GraniteRapids.

            The way out is `disable` for the features: the model keeps its name, and the guest sees the same \
            processor without them. The model's `-noTSX` sibling is another; some have another brand string and \
            stepping. For a Windows guest either is a change that it can see: do it before it must be, by `disable`. \
            `optional` is no way out: the guest has the feature wherever the host has it, until the host has not.
            """,
        examples: [
            .bad(
                "TSX by the model's name",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server-IBRS</model></cpu>
                </domain>
                """),
            .bad(
                "asked for",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Skylake-Server-noTSX-IBRS</model>
                    <feature policy='require' name='mpx'/>
                  </cpu>
                </domain>
                """),
            .bad(
                "optional: it is there until an update takes it",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Haswell-IBRS</model>
                    <feature policy='optional' name='hle'/>
                    <feature policy='optional' name='rtm'/>
                  </cpu>
                </domain>
                """),
            .good(
                "the sibling",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server-noTSX-IBRS</model></cpu>
                </domain>
                """),
            .good(
                "disabled",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Cooperlake</model>
                    <feature policy='disable' name='hle'/>
                    <feature policy='disable' name='rtm'/>
                  </cpu>
                </domain>
                """),
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
                        "feature \(name) is required, and goes away with microcode and QEMU updates",
                        help: "disable it\(isVisible)")
                case .optional, nil: continue
                }
            }
            guard let model, !open.isEmpty, let text = cpu.model?.name.text else { return }
            // Another name can be another brand string and signature: not for Windows.
            let sibling = isWindows ? nil : inspection.knowledge.x86.withoutTSX(model.name)
            inspection.report(
                at: text.span,
                "\(model.name) includes \(open.joined(separator: " and ")), which microcode and QEMU updates take away",
                help: "disable: " + open.map { "<feature policy='disable' name='\($0)'/>" }.joined()
                    + (sibling.map { "; or use \($0)" } ?? "") + isVisible)
        })
}

extension X86Map {
    /// Features that updates take away from processors.
    static let unsafeFeatures = ["hle", "rtm", "mpx"]

    func unsafe(in model: X86Model) -> [String] {
        Self.unsafeFeatures.filter { name in bits(ofFeature: name).map { $0.isSubset(of: model.features) } ?? false }
    }

    /// `Haswell-noTSX-IBRS` for `Haswell-IBRS`, where there is one.
    func withoutTSX(_ name: String) -> String? {
        let base = name.hasSuffix("-IBRS") ? String(name.dropLast(5)) : name
        let sibling = "\(base)-noTSX" + (base == name ? "" : "-IBRS")
        // Only Skylake's IBRS variants have one: the plain ones are nearest to those.
        return [sibling, "\(base)-noTSX-IBRS"].first { name in
            // Icelake-Client-noTSX still has mpx, and QEMU 7.1 dropped it.
            model(named: name).map { unsafe(in: $0).isEmpty } ?? false
        }
    }

    /// Whether a name is only another way to write a feature: an alias, or other separators and case.
    func isOtherName(_ name: String, of feature: String) -> Bool {
        func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
        return featureName(fromQEMU: name) == feature || plain(name) == plain(feature)
    }
}
