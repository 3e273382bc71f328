extension Rule {
    static let modelNotUsable = Rule(
        id: "model-not-usable",
        severity: .warning,
        needs: [.hosts, .model], concernsOnlyHost: true,
        summary: "the hypervisor calls the model unusable, though libvirt's check lets it pass",
        explanation: """
            The host's domain capabilities list each model as usable or not, and which features stand in the way. \
            libvirt's own check can pass such a guest all the same: with `check='none'`, under emulation, or because \
            the CPU map does not have those features in the model. QEMU then leaves them out, and the guest runs with \
            less than its definition says, or another host gives it what this one does not.

            `disable` for the features that are named says what the guest gets. A guest that does not start at all is \
            `host-incompatible`.
            """,
        examples: [
            .bad(
                "unchecked", hosts: [.haswell],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact' check='none'><model fallback='forbid'>Haswell</model></cpu>
                </domain>
                """),
            .good(
                "disabled", hosts: [.haswell],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Haswell</model>
                    <feature policy='disable' name='hle'/>
                    <feature policy='disable' name='rtm'/>
                  </cpu>
                </domain>
                """),
            .good(
                "usable", hosts: [.haswell],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX</model></cpu>
                </domain>
                """),
        ],
        check: { inspection in
            let check = inspection.startCheck
            guard let answer = inspection.hostAnswer, let element = inspection.cpu?.model?.name else { return }
            for (host, model) in answer.listed where model.usability == .no {
                if answer.verdicts[host].answer == .refuses { continue }
                let open = check.openBlockers(of: model, answer.question.cpu)
                if open.isEmpty && !model.blockers.isEmpty { continue }
                let name = check.hosts[host].name
                let why = open.isEmpty ? "" : ": it cannot give \(open.joined(separator: ", "))"
                inspection.report(
                    at: element.text.span, "the hypervisor of host \(name) calls \(model.name) unusable\(why)",
                    help: open.isEmpty ? nil : "disable what is not given, or choose a model that is usable there",
                    host: name)
            }
        })
}
