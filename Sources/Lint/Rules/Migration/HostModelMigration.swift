import DomainXML

extension Rule {
    static let hostModelMigration = Rule(
        id: "host-model-migration",
        severity: .warning,
        worst: .warning,
        tags: [.migration, .hosts],
        needs: [.cpu, .hosts, .migrates],
        summary: "host-model on unlike hosts: a guest that was started on one cannot move to another",
        explanation: """
            With `host-model` and `match='minimum'`, libvirt decides which CPU the guest gets when the guest starts: the \
            model nearest to that host, and the other features that its hypervisor offers. A running guest keeps this CPU, \
            and at a migration the destination must give all of it, otherwise libvirt refuses the migration. So a guest \
            that starts on every host cannot always move between them: started on a newer host, it is stuck there.

            The rule makes the CPU that the guest would get on each host, and judges it on each of the others as libvirt \
            does. It needs the output of `virsh capabilities`, and for a certain answer that of `virsh domcapabilities`, \
            for each host. It applies where guests migrate: if the policy says `migration: true`, or if it does not say \
            and there are several hosts. `clusters:` in the policy says between which hosts guests move, and `hosts` in \
            an entry of `guests` on which hosts a guest runs. A move about which too little is known is reported as well.

            The help names the nearest CPU that runs on all hosts. It was checked on each of them.
            """,
        examples: [
            .bad(
                "a newer host beside an older one",
                finds: "host-model: started on hv02, the guest cannot move to hv01: it lacks erms, invpcid, vaes",
                hosts: [.rome, .milan], .guest(machine: "pc-q35-9.2", cpu: "↓<cpu mode='host-model'/>")),
            .good(
                "the CPU that both hosts have", hosts: [.rome, .milan],
                .guest(machine: "pc-q35-9.2", cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>EPYC-Rome</model>
                      <feature policy='require' name='x2apic'/>
                    </cpu>
                    """)),
            .good(
                "guests stay on their host", policy: "{default: keep, migration: false}", hosts: [.rome, .milan],
                .guest(machine: "pc-q35-9.2", cpu: "<cpu mode='host-model'/>")),
            .good(
                "the guest disables what the older host lacks", hosts: [.rome, .milan],
                .guest(machine: "pc-q35-9.2", cpu: """
                    <cpu mode='host-model'>
                      <feature policy='disable' name='erms'/>
                      <feature policy='disable' name='invpcid'/>
                      <feature policy='disable' name='vaes'/>
                    </cpu>
                    """)),
        ],
        check: { inspection in
            guard inspection.guest.followsHost, let question = StartQuestion(inspection.guest),
                question.cpu.mode == .hostModel || question.cpu.mode == .custom
            else { return }
            let subject = question.cpu.mode == .hostModel ? "host-model" : "match='minimum'"
            let blocked = inspection.moveCheck.blockedMoves(of: question), unjudged = inspection.moveCheck.unjudgedMoves(of: question)
            guard let first = blocked.first(where: \.verdict.isCertain) ?? blocked.first ?? unjudged.first else { return }
            let others = (blocked + unjudged).filter { $0 != first }
            inspection.report(
                at: inspection.cpuPlace, "\(subject): \(first.words(about: "the guest"))",
                notes: others.prefix(mostNotes).map(\.description)
                    + (others.count > mostNotes ? ["\(others.count - mostNotes) more moves fail or cannot be judged"] : [])
                    + (first.verdict.isCertain || first.verdict.answer == .unknown ? [] : ["only the hypervisors know for certain: also give the output of virsh domcapabilities of each host"]),
                help: inspection.wayOut(), hosts: first.origins + first.destinations, moves: [first] + others)
        })

    private static let mostNotes = 6
}

extension Inspection {
    /// What a guest that follows unlike hosts can have instead, in words.
    func wayOut() -> String {
        guard let shared = sharedCPU() else {
            return "no CPU was found that starts on all hosts: let the guest run on fewer hosts (hosts: of its entry in the policy)"
        }
        let isWithheld = guest.windows != nil && !domain.isRunning
        return "nearest CPU that runs on all hosts: \(shared)"
            + (isWithheld ? "; Windows may ask for reactivation, and is rewritten only with windows: rewrite" : "")
    }
}
