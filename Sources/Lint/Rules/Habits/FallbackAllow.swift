import CPUModel
import DomainXML

extension Rule {
    static let fallbackAllow = Rule(
        id: "fallback-allow",
        severity: .note,
        tags: [.habits],
        needs: .model,
        summary: "libvirt may start another CPU model than the named one, without a message",
        explanation: """
            With `fallback='allow'`, libvirt replaces a model that the hypervisor does not know by the nearest one \
            that it knows, without a message. A `<model>` without the attribute means the same. With \
            `fallback='forbid'` the guest does not start, and libvirt reports why.

            libvirt does this for x86 models only. Nothing is reported if all hosts' domain capabilities list the model, if \
            `unknown-model` reports it, and for `qemu64` and the other basic models, which each QEMU has.
            """,
        examples: [
            .bad(
                "fallback='allow'", finds: "libvirt may give the guest another model than Haswell: fallback='allow'",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='↓allow'>Haswell</model></cpu>")),
            .bad(
                "without the attribute, fallback is also allow",
                finds: "libvirt may give the guest another model than Haswell: fallback='forbid' is missing",
                .guest(cpu: "<cpu>↓<model>Haswell</model></cpu>")),
            .good(
                "fallback='forbid'",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model></cpu>")),
            .good(
                "a model that the host's hypervisor lists", hosts: [.haswell],
                .guest(
                    machine: "pc-q35-9.2",
                    cpu: "<cpu mode='custom' match='exact'><model fallback='allow'>Haswell-noTSX</model></cpu>")),
            .good(
                "a model of Arm, for which libvirt has no other",
                .guest(
                    type: "qemu", arch: "aarch64",
                    cpu: "<cpu mode='custom' match='exact'><model fallback='allow'>cortex-a57</model></cpu>")),
            .good(
                "host-model names no model", .guest(cpu: "<cpu mode='host-model'><model fallback='allow'/></cpu>")),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, cpu.effectiveMode == .custom, let model = cpu.model,
                let name = cpu.namedModel, inspection.guest.isManaged, canBeReplaced(inspection.domain[name], inspection)
            else { return }
            let words = "libvirt may give the guest another model than \(inspection.domain[name])"
            switch model.fallback {
            case .none:
                inspection.report(
                    at: model.name.element.startTag, "\(words): fallback='forbid' is missing",
                    help: "add fallback='forbid'",
                    edits: [
                        inspection.guest.document.adding(
                            "fallback", "forbid", to: model.name.element, named: "model",
                            quotedLike: inspection.domain.type)
                    ])
            case .some(let fallback) where fallback.value == .allow:
                inspection.report(
                    at: fallback.text.span, "\(words): fallback='allow'", help: "set fallback='forbid'",
                    edits: [Edit(fallback.text.span, "forbid")])
            default: return
            }
        })
    /// Whether libvirt could give the guest another model. cpu.c, `virCPUTranslate`: it does so only if the hypervisor does
    /// not list the model, and only the driver for x86 has a `translate`.
    private static func canBeReplaced(_ name: String, _ inspection: Inspection) -> Bool {
        guard inspection.guest.isX86, !X86Map.hypervisorDefaults.contains(name),
            inspection.knowledge.x86.model(named: name) != nil
        else { return false }
        let hosts = inspection.startCheck.hosts.count
        return hosts == 0 || (inspection.hostAnswer?.listed.count ?? 0) < hosts
    }
}
