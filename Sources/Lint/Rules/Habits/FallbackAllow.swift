import DomainXML

extension Rule {
    static let fallbackAllow = Rule(
        id: "fallback-allow",
        severity: .note,
        tags: [.habits],
        needs: .model,
        summary: "libvirt may start another CPU model than the named one, without a message",
        explanation: """
            With `fallback='allow'`, libvirt replaces a model that the hypervisor does not know by the nearest one that it \
            knows, without a message. A `<model>` without the attribute means the same. With `fallback='forbid'` the guest \
            does not start, and libvirt reports why.
            """,
        examples: [
            .bad(
                "fallback='allow'", finds: "libvirt may give the guest another model than Haswell: fallback='allow'",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='↓allow'>Haswell</model></cpu>")),
            .bad(
                "without the attribute, fallback is also allow", finds: "libvirt may give the guest another model than Haswell: fallback='forbid' is missing",
                .guest(cpu: "<cpu>↓<model>Haswell</model></cpu>")),
            .good(
                "fallback='forbid'",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model></cpu>")),
            .good(
                "host-model names no model", .guest(cpu: "<cpu mode='host-model'><model fallback='allow'/></cpu>")),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, cpu.effectiveMode == .custom, let model = cpu.model,
                let name = cpu.namedModel, inspection.guest.isManaged
            else { return }
            let words = "libvirt may give the guest another model than \(inspection.domain[name])"
            switch model.fallback {
            case .none:
                inspection.report(
                    at: model.name.element.startTag, "\(words): fallback='forbid' is missing", help: "add fallback='forbid'",
                    edits: [
                        inspection.guest.document.adding(
                            "fallback", "forbid", to: model.name.element, named: "model", quotedLike: inspection.domain.type)
                    ])
            case .some(let fallback) where fallback.value == .allow:
                inspection.report(
                    at: fallback.text.span, "\(words): fallback='allow'", help: "set fallback='forbid'",
                    edits: [Edit(fallback.text.span, "forbid")])
            default: return
            }
        })
}
