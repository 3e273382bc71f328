extension Rule {
    static let modelNotUsable = Rule(
        id: "model-not-usable",
        severity: .warning,
        worst: .warning,
        tags: [.hosts],
        needs: [.hosts, .model], concernsOnlyHost: true,
        summary: "the hypervisor calls the model unusable, although libvirt would start the guest",
        explanation: """
            The host's domain capabilities list each model as usable or not, with the features that block it. libvirt can \
            start a guest with an unusable model all the same: with `check='none'`, under emulation, or because the blocking \
            features are not part of the model in the CPU map. QEMU then leaves these features out. The guest runs with less \
            than its definition says, or has features on another host that it does not have on this one.

            To make the definition say what the guest gets, use the model that the help names, which all hosts call usable, or \
            disable the features that are named. If a guest does not start at all, `host-incompatible` reports it instead.
            """,
        examples: [
            .bad(
                "libvirt compares nothing",
                finds: "the hypervisor on host hv01 reports Haswell as unusable: missing hle, rtm", hosts: [.haswell],
                .guest(cpu: """
                    <cpu mode='custom' match='exact' check='none'><model fallback='forbid'>↓Haswell</model></cpu>
                    """)),
            .good(
                "the blocking features are disabled", hosts: [.haswell],
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Haswell</model>
                      <feature policy='disable' name='hle'/>
                      <feature policy='disable' name='rtm'/>
                    </cpu>
                    """)),
            .good(
                "a usable model", hosts: [.haswell],
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX</model></cpu>")),
        ],
        check: { inspection in
            let check = inspection.startCheck
            guard let answer = inspection.hostAnswer, let element = inspection.cpu?.model?.name else { return }
            let refusing = Set(answer.judgements.filter { $0.value.answer == .refuses }.flatMap(\.kinds))
            var groups: [(blockers: [String], kinds: [Int])] = []
            for (model, kinds) in answer.listed where model.usability == .no {
                let open = check.openBlockers(of: model, answer.question.cpu)
                let started = kinds.filter { !refusing.contains($0) }.map { Int($0) }
                if started.isEmpty || open.isEmpty && !model.blockers.isEmpty { continue }
                if let same = groups.firstIndex(where: { $0.blockers == open }) {
                    groups[same].kinds += started
                } else {
                    groups.append((open, started))
                }
            }
            for (open, kinds) in groups {
                let names = check.names(ofKinds: kinds), model = answer.question.cpu.model ?? "the model"
                let who = names.count == 1 ? "the hypervisor on \(hostNames(names)) reports" : "the hypervisors on \(hostNames(names)) report"
                let why = open.isEmpty ? "" : ": missing \(open.joined(separator: ", "))"
                inspection.report(
                    at: element.text.span,
                    "\(who) \(model) as unusable\(why)",
                    help: ways(open, check.listedModel(insteadOf: answer.question)), hosts: names,
                    verdicts: check.jointVerdicts(answer, on: kinds, adding: .blockers(open, ofModel: model)))
            }
        })

    /// What makes the definition say what the guest gets; nil if nothing does.
    private static func ways(_ blockers: [String], _ model: String?) -> String? {
        if model == nil, blockers.isEmpty { return nil }
        return HostRemedy(disable: blockers, model: model).description
    }
}
