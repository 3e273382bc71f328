extension Rule {
    static let deprecatedModel = Rule(
        id: "deprecated-model",
        severity: .warning,
        worst: .warning,
        tags: [.hosts, .migration],
        needs: [.hosts, .model],
        summary: "the hypervisor marks the model as deprecated, so a later version may not have it",
        explanation: """
            QEMU and distributions mark models that they intend to remove. libvirt shows the mark in the domain capabilities \
            since version 7.1. After the removal the guest does not start, and a running guest cannot migrate to a host that \
            has been upgraded. RHEL 9 and its derivatives mark `qemu64`, `kvm64`, Penryn, Conroe, the Opterons up to G3 and \
            others. QEMU 5.2 marked Icelake-Client, and QEMU 7.1 removed it.

            Choose a model that the host's hypervisor lists without the mark. A Windows guest sees that as another CPU.
            """,
        examples: [
            .bad(
                "a deprecated model", finds: "Penryn is deprecated by the hypervisor on host hv01: a later version may not have it", hosts: [.haswell],
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓Penryn</model></cpu>")),
            .good(
                "a model that is not deprecated", hosts: [.haswell],
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX</model></cpu>")),
        ],
        check: { inspection in
            guard let answer = inspection.hostAnswer, let element = inspection.cpu?.model?.name else { return }
            let marked = answer.listed.filter(\.value.isDeprecated)
            guard let first = marked.first else { return }
            let names = inspection.startCheck.names(ofKinds: marked.flatMap(\.kinds).map { Int($0) })
            inspection.report(
                at: element.text.span,
                "\(first.value.name) is deprecated by the hypervisor on \(hostNames(names)): a later version may not have it",
                help: inspection.startCheck.listedModel(insteadOf: answer.question).map { "use \($0)" }
                    ?? "choose another model; virt-cpu models --host HOST lists the usable ones",
                hosts: names)
        })
}
