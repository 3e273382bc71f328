import CPUModel
import DomainXML

extension Rule {
    static let fallbackAllow = Rule(
        id: "fallback-allow",
        severity: .note,
        worst: .note,
        tags: [.habits],
        needs: .model,
        summary: "libvirt may start another CPU model than the named one, without a message",
        explanation: """
            With `fallback='allow'`, libvirt replaces a model that the hypervisor does not know by the nearest one \
            that it knows, without a message. A `<model>` without the attribute means the same. With \
            `fallback='forbid'` the guest does not start, and libvirt reports why.

            libvirt does this for x86 models only. Where a host's domain capabilities list its hypervisor's models, they \
            decide. Otherwise the rule reports models that not every hypervisor knows: those that libvirt 9.0 (or the policy's \
            `libvirt:`) does not have, and those that QEMU has taken out again, such as Icelake-Client. Nothing is reported if \
            `unknown-model` reports the model.

            `check --fix` sets `fallback='forbid'` only if hosts are named and all of them start the guest with it.
            """,
        examples: [
            .bad(
                "a model that older hypervisors lack",
                finds: "libvirt may give the guest another model than EPYC-Genoa: fallback='allow'",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='↓allow'>EPYC-Genoa</model></cpu>")),
            .bad(
                "without the attribute, fallback is also allow; this model is gone since QEMU 7.1",
                finds: "libvirt may give the guest another model than Icelake-Client: fallback='forbid' is missing",
                .guest(cpu: "<cpu>↓<model>Icelake-Client</model></cpu>")),
            .bad(
                "a model that the host's hypervisor does not list",
                finds: "libvirt may give the guest another model than Westmere: fallback='allow'", hosts: [.haswell],
                .guest(
                    machine: "pc-q35-9.2",
                    cpu: "<cpu mode='custom' match='exact'><model fallback='↓allow'>Westmere</model></cpu>")),
            .good(
                "fallback='forbid'",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>EPYC-Genoa</model></cpu>")),
            .good(
                "a model that every hypervisor knows",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='allow'>Haswell</model></cpu>")),
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
                    edits: startsWithForbid(inspection) ? [
                        inspection.guest.document.adding(
                            "fallback", "forbid", to: model.name.element, named: "model",
                            quotedLike: inspection.domain.type)
                    ] : [])
            case .some(let fallback) where fallback.value == .allow:
                inspection.report(
                    at: fallback.text.span, "\(words): fallback='allow'", help: "set fallback='forbid'",
                    edits: startsWithForbid(inspection) ? [Edit(fallback.text.span, "forbid")] : [])
            default: return
            }
        })

    /// Hosts are named, and all of them start the guest with `fallback='forbid'`. It may keep a guest from starting, so that it is not
    /// written where no host is known.
    private static func startsWithForbid(_ inspection: Inspection) -> Bool {
        guard var question = inspection.hostAnswer?.question else { return false }
        question.cpu.fallback = .forbid
        return inspection.startCheck.allStart(question)
    }

    /// Whether libvirt could give the guest another model. cpu.c, `virCPUTranslate`: it does so only if the hypervisor does
    /// not list the model, and only the driver for x86 has a `translate`.
    private static func canBeReplaced(_ name: String, _ inspection: Inspection) -> Bool {
        guard inspection.guest.isX86, !X86Map.hypervisorDefaults.contains(name),
            inspection.knowledge.x86.model(named: name) != nil
        else { return false }
        let check = inspection.startCheck
        if let answer = inspection.hostAnswer {
            let listing = check.known(answer.question.platform).count { $0.capabilities?.capabilities.models.isEmpty == false }
            // A hypervisor that lists the model lists models.
            if listing > answer.listed.reduce(0, { $0 + $1.kinds.count }) { return true }
            if listing == check.distinct.count { return false }
        }
        return !isKnownEverywhere(name, inspection)
    }

    /// Every hypervisor lists the model: libvirt has known it since the oldest release that counts, and QEMU still has it.
    private static func isKnownEverywhere(_ name: String, _ inspection: Inspection) -> Bool {
        let knowledge = inspection.knowledge, oldest = knowledge.map(for: inspection.libvirt ?? StartCheck.oldestAssumed)
        guard let model = oldest.x86.model(named: name) else { return false }
        return knowledge.qemu?.model(named: model.name) != nil
    }
}
