import DomainXML

extension Rule {
    static let fallbackAllow = Rule(
        id: "fallback-allow",
        severity: .note,
        needs: .model,
        summary: "libvirt may quietly start another CPU model than the one named",
        explanation: """
            `fallback='allow'`, which is also what a `<model>` without the attribute means, lets libvirt replace a \
            model that the hypervisor does not know by the nearest one it does, without a word. With \
            `fallback='forbid'` the guest does not start, and one knows why.
            """,
        examples: [
            .bad(
                "said",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='allow'>Haswell</model></cpu>
                </domain>
                """),
            .bad(
                "unsaid",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu><model>Haswell</model></cpu>
                </domain>
                """),
            .good(
                "forbidden",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model></cpu>
                </domain>
                """),
            .good(
                "host-model names no model",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'><model fallback='allow'/></cpu>
                </domain>
                """),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, cpu.effectiveMode == .custom, let model = cpu.model,
                let name = cpu.namedModel, inspection.guest.isManaged
            else { return }
            let words = "libvirt may start another model than \(inspection.domain[name])"
            switch model.fallback {
            case .none:
                inspection.report(
                    at: model.name.element.startTag, "\(words): no fallback='forbid'", help: "add fallback='forbid'",
                    edits: [
                        inspection.guest.document.adding(
                            "fallback", "forbid", to: model.name.element, named: "model", quotedLike: inspection.domain.type)
                    ])
            case .some(let fallback) where fallback.value == .allow:
                inspection.report(
                    at: fallback.text.span, "\(words): fallback='allow'", help: "write fallback='forbid'",
                    edits: [Edit(fallback.text.span, "forbid")])
            default: return
            }
        })
}
