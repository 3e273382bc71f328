import CPUModel
import Hosts

extension Rule {
    static let missingMitigation = Rule(
        id: "missing-mitigation",
        severity: .warning,
        tags: [.security],
        needs: [.hosts, .model],
        summary: "the CPU lacks controls against speculative execution attacks that all hosts offer",
        explanation: """
            A guest can protect itself against Spectre, speculative store bypass and MDS only with the controls that its CPU \
            has. Most models have none of them, because they are older than the attacks. QEMU's documentation recommends, on \
            Intel, `spec-ctrl`, `stibp`, `ssbd` and `md-clear` (not needed with `mds-no`), and on AMD, `ibpb`, `stibp`, \
            `amd-ssbd` and `virt-ssbd` (the last two never with `amd-no-ssb`).

            The finding names only controls that every host offers, so that a guest with them still runs on every host. A \
            Windows guest sees another CPU with them.
            """,
        examples: [
            .bad(
                "a model that is older than the attacks",
                finds: "all hosts support spec-ctrl, stibp, ssbd, but the guest does not enable them", hosts: [.haswellCapabilities],
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓Haswell-noTSX</model></cpu>")),
            .good(
                "all controls that the host offers", hosts: [.haswellCapabilities],
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Haswell-noTSX-IBRS</model>
                      <feature policy='require' name='ssbd'/>
                      <feature policy='require' name='stibp'/>
                    </cpu>
                    """)),
            .good(
                "controls that are deliberately disabled", hosts: [.haswellCapabilities],
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Haswell-noTSX-IBRS</model>
                      <feature policy='disable' name='ssbd'/>
                      <feature policy='disable' name='stibp'/>
                    </cpu>
                    """)),
        ],
        check: { inspection in
            guard inspection.guest.hypervisor == .hardware, inspection.guest.isX86,
                let element = inspection.cpu?.model?.name, let question = inspection.hostAnswer?.question,
                question.cpu.mode == .custom, question.cpu.model != nil,
                // The rule hypervisor-default reports guests with the default CPU: they need another model, not more
                // features.
                !isHypervisorDefault(inspection.cpu, inspection.guest)
            else { return }
            let mentioned = Set(question.cpu.features.map(\.name))
            let offered = inspection.startCheck.mitigationsOffered(to: question.platform).filter { !mentioned.contains($0) }
            guard !offered.isEmpty,
                let visible = try? inspection.knowledge.map.guestVisibleCPU(of: question.cpu, under: .kvm)
            else { return }
            let x86 = inspection.knowledge.x86
            let open = offered.filter { name in
                !(name == "md-clear" && x86.has("mds-no", in: visible.features)) && !x86.has(name, in: visible.features)
            }
            guard !open.isEmpty else { return }
            inspection.report(
                at: element.text.span,
                "all hosts support \(open.joined(separator: ", ")), but the guest does not enable "
                    + (open.count == 1 ? "it" : "them"),
                help: "add " + open.map { "<feature policy='require' name='\($0)'/>" }.joined())
        })
}

extension StartCheck {
    /// The controls that every host offers, of those that QEMU's documentation (docs/system/cpu-models-x86) recommends
    /// for processors of the hosts' vendor.
    fileprivate func mitigationsOffered(to platform: DomainPlatform) -> [String] {
        let vendors = Set(hosts.map(\.vendor))
        var wanted: [String] = []
        if vendors == ["Intel"] { wanted = ["spec-ctrl", "stibp", "ssbd", "md-clear"] }
        if vendors.isSubset(of: ["AMD", "Hygon"]) { wanted = ["ibpb", "stibp", "amd-ssbd", "virt-ssbd"] }
        if wanted.isEmpty { return [] }
        var common: FeatureSet?
        for index in hosts.indices {
            guard let features = offered(index, for: platform) else { return [] }
            common = common.map { $0 & features } ?? features
        }
        let x86 = knowledge.x86
        guard let common else { return [] }
        return wanted.filter { name in
            if name == "md-clear", x86.has("mds-no", in: common) { return false }
            if name.hasSuffix("-ssbd"), x86.has("amd-no-ssb", in: common) { return false }
            return x86.has(name, in: common)
        }
    }
}

extension X86Map {
    fileprivate func has(_ name: String, in set: FeatureSet) -> Bool {
        bits(ofFeature: name).map { $0.isSubset(of: set) } ?? false
    }
}
