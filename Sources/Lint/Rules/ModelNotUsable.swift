import DomainXML
import Hosts

extension Rule {
    static let modelNotUsable = Rule(
        id: "model-not-usable",
        severity: .warning,
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
            guard let listed = inspection.listedModels(), let element = inspection.cpu?.model?.name else { return }
            for (host, model) in listed.models where model.usability == .no {
                guard check.verdict(on: listed.question, host: host).answer != .refuses else { continue }
                let open = check.openBlockers(of: model, listed.question.cpu)
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

extension Inspection {
    /// What the hosts' hypervisors list of the guest's model, by the host's place; nil where the guest names none.
    func listedModels() -> (question: StartQuestion, models: [(host: Int, model: DomainCapabilities.Model)])? {
        guard guest.isManaged, cpu?.effectiveMode == .custom, let question = StartQuestion(guest),
            let name = question.cpu.model
        else { return nil }
        let models = startCheck.hosts.indices.compactMap { host in
            startCheck.capabilities(of: host, for: question.platform)?.capabilities.model(named: name).map { (host, $0) }
        }
        return (question, models)
    }
}
