import CPUModel

extension Rule {
    static let missingMitigation = Rule(
        id: "missing-mitigation",
        severity: .warning,
        summary: "the hosts offer controls against speculation attacks that this CPU leaves out",
        explanation: """
            A guest defends itself against Spectre, speculative store bypass and MDS only with the controls that its \
            CPU has, and most models have none of them: they are older than the attacks. QEMU's documentation \
            recommends, on Intel, `spec-ctrl`, `stibp`, `ssbd` and `md-clear` (not needed where `mds-no` is set); on \
            AMD, `ibpb`, `stibp`, `amd-ssbd` and `virt-ssbd` (never with `amd-no-ssb`).

            Named are those that every host offers, so that adding them costs no host. For a Windows guest it is a \
            change of CPU.
            """,
        examples: [
            .bad(
                "a model older than the attacks", hosts: [.haswellCapabilities],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX</model></cpu>
                </domain>
                """),
            .good(
                "all that the host has", hosts: [.haswellCapabilities],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Haswell-noTSX-IBRS</model>
                    <feature policy='require' name='ssbd'/>
                    <feature policy='require' name='stibp'/>
                  </cpu>
                </domain>
                """),
            .good(
                "decided against", hosts: [.haswellCapabilities],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Haswell-noTSX-IBRS</model>
                    <feature policy='disable' name='ssbd'/>
                    <feature policy='disable' name='stibp'/>
                  </cpu>
                </domain>
                """),
        ],
        check: { inspection in
            let check = inspection.startCheck
            let x86 = inspection.knowledge.x86
            guard inspection.guest.hypervisor == .hardware, inspection.guest.isX86, !check.hosts.isEmpty,
                let element = inspection.cpu?.model?.name, let question = StartQuestion(inspection.guest),
                question.cpu.mode == .custom, question.cpu.model != nil,
                let visible = try? inspection.knowledge.map.guestVisibleCPU(of: question.cpu, under: .kvm)
            else { return }
            var offered: FeatureSet?
            for index in check.hosts.indices {
                guard let features = check.offered(index, for: question.platform) else { return }
                offered = offered.map { $0 & features } ?? features
            }
            let mentioned = Set(question.cpu.features.map(\.name))
            let vendors = Set(check.hosts.map(\.vendor))
            let has = { (name: String, set: FeatureSet) in x86.bits(ofFeature: name).map { $0.isSubset(of: set) } ?? false }
            var wanted = vendors == ["Intel"] ? ["spec-ctrl", "stibp", "ssbd", "md-clear"] : []
            if vendors.isSubset(of: ["AMD", "Hygon"]) { wanted = ["ibpb", "stibp", "amd-ssbd", "virt-ssbd"] }
            let open = wanted.filter { name in
                if name == "md-clear", has("mds-no", visible.features) || has("mds-no", offered!) { return false }
                if name.hasSuffix("-ssbd"), has("amd-no-ssb", offered!) { return false }
                return !mentioned.contains(name) && has(name, offered!) && !has(name, visible.features)
            }
            guard !open.isEmpty else { return }
            inspection.report(
                at: element.text.span,
                "every host offers \(open.joined(separator: ", ")), and the guest goes without",
                help: "add " + open.map { "<feature policy='require' name='\($0)'/>" }.joined())
        })
}
