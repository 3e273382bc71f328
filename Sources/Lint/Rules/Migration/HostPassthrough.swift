import CPUModel
import DomainXML

extension Rule {
    static let hostPassthrough = Rule(
        id: "host-passthrough",
        severity: .warning,
        worst: .warning,
        tags: [.migration],
        needs: .hostMode,
        summary: "host-passthrough or maximum: the CPU cannot be reproduced on another host",
        explanation: """
            The guest gets the host's own CPU, as far as QEMU can pass it on. This is the fastest choice, and the \
            right one for guests that stay on their host: QEMU recommends it where live migration is not needed. But \
            the definition no longer says which CPU the guest has. On another host, or after a change of the \
            processor, microcode, kernel or QEMU, the CPU is another one, and migration is safe only between identical \
            hosts. For that reason libvirt advises against it. libvirt does not compare the hosts: a guest that moves to \
            another processor loses a part of its CPU while it runs, and can crash.

            If several hosts are named, the rule compares them, and names those that are not identical and what they lack. \
            It finds nothing if all hosts are identical, as far as their capabilities show. It finds nothing either if the \
            policy's default for the guest is this mode, if the policy says `migration: false`, and if only one host is \
            named and the policy does not say that guests migrate.

            On aarch64, riscv64 and loongarch64, it is the normal way to run a KVM guest, so nothing is reported.
            """,
        examples: [
            .bad(
                "the host's CPU",
                finds: "host-passthrough gives the guest the CPU of the host that it starts on, so migration needs "
                    + "identical hosts",
                .guest(cpu: "↓<cpu mode='host-passthrough' check='none' migratable='on'/>")),
            .bad(
                "maximum means the same under KVM",
                finds: "maximum gives the guest the CPU of the host that it starts on, so migration needs identical "
                    + "hosts",
                .guest(arch: "s390x", cpu: "↓<cpu mode='maximum'/>")),
            .bad(
                "the hosts are not identical",
                finds: "host-passthrough needs identical hosts for migration, but hv01 is not like hv02: it lacks erms, "
                    + "invpcid, vaes",
                hosts: [.rome, .milan], .guest(machine: "pc-q35-9.2", cpu: "↓<cpu mode='host-passthrough'/>")),
            .good("libvirt's named copy of the host's CPU", .guest(cpu: "<cpu mode='host-model'/>")),
            .good(
                "the policy orders it", policy: "default: host-passthrough", hosts: [.rome, .milan],
                .guest(machine: "pc-q35-9.2", cpu: "<cpu mode='host-passthrough'/>")),
            .good(
                "one host, so the guest stays there", hosts: [.rome],
                .guest(machine: "pc-q35-9.2", cpu: "<cpu mode='host-passthrough'/>")),
            .good(
                "aarch64 guests have no other choice", .guest(arch: "aarch64", cpu: "<cpu mode='host-passthrough'/>")),
            .good(
                "maximum under emulation does not depend on the host",
                .guest(type: "qemu", cpu: "<cpu mode='maximum'/>")),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, let mode = cpu.mode?.value, inspection.guest.hypervisor == .hardware
            else { return }
            guard mode == .hostPassthrough || mode == .maximum else { return }
            guard inspection.guest.architecture.facts.hasHostModel else { return }
            let isOrdered = mode == .maximum ? inspection.target == .maximum : inspection.target == .hostPassthrough
            if isOrdered || inspection.staysOnHost { return }
            guard let question = StartQuestion(inspection.guest), inspection.startCheck.hosts.count > 1 else {
                return inspection.reportAnyHost(mode)
            }
            let moves = inspection.moveCheck.blockedMoves(of: question)
            guard let first = moves.first(where: \.verdict.isCertain) ?? moves.first else {
                if inspection.moveCheck.canMoveAnywhere(question) { return }
                return inspection.reportAnyHost(mode, notes: inspection.moveCheck.unjudgedMoves(of: question).prefix(6).map(\.description))
            }
            let others = first.destinations.count == 1 ? "is" : "are"
            inspection.report(
                at: inspection.cpuPlace,
                "\(mode.rawValue) needs identical hosts for migration, but \(listing(first.destinations)) \(others) not like "
                    + "\(listing(first.origins)): \(first.why)",
                notes: ["libvirt does not compare the hosts: a guest that moves loses this while it runs, and can crash"]
                    + moves.filter { $0 != first }.prefix(6).map { "\(listing($0.destinations)) beside \(listing($0.origins)): \($0.why)" },
                help: inspection.wayOut(ofPassthrough: question), hosts: first.origins + first.destinations,
                moves: [first] + moves.filter { $0 != first })
        })
}

extension Inspection {
    /// Reports a CPU that needs identical hosts, where no hosts can be compared.
    fileprivate func reportAnyHost(_ mode: CPUMode, notes: [String] = []) {
        report(
            at: cpuPlace,
            "\(mode.rawValue) gives the guest the CPU of the host that it starts on, so migration needs identical hosts",
            notes: notes,
            help: "use host-model or name a model; for a guest that never migrates, turn this rule off in the policy")
    }

    /// host-model, if a guest with it can move between all hosts; otherwise what `wayOut` says.
    fileprivate func wayOut(ofPassthrough question: StartQuestion) -> String {
        var hostModel = question
        hostModel.cpu.mode = .hostModel
        hostModel.check = nil
        guard moveCheck.canMoveAnywhere(hostModel) else { return wayOut() }
        let can = moveCheck.isCertain(for: question.platform) ? "can" : "probably can"
        return "use host-model, with which the guest \(can) move between all hosts"
    }
}
