extension Rule {
    static let deprecatedModel = Rule(
        id: "deprecated-model",
        severity: .warning,
        needs: [.hosts, .model],
        summary: "the hypervisor marks the model deprecated: a later one may not have it",
        explanation: """
            QEMU and distributions mark models that they mean to remove; libvirt shows it in the domain capabilities \
            since 7.1. After the removal the guest does not start, and a running one cannot migrate to a host that \
            was upgraded. RHEL 9 and its kin mark `qemu64`, `kvm64`, Penryn, Conroe, the Opterons up to G3 and others; \
            QEMU 5.2 marked Icelake-Client and removed it in 7.1.

            Move to a model that the host's hypervisor lists without the mark. For a Windows guest that is a change of \
            CPU.
            """,
        examples: [
            .bad(
                "marked", hosts: [.haswell],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Penryn</model></cpu>
                </domain>
                """),
            .good(
                "not marked", hosts: [.haswell],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX</model></cpu>
                </domain>
                """),
        ],
        check: { inspection in
            guard let answer = inspection.hostAnswer, let element = inspection.cpu?.model?.name else { return }
            let marked = answer.listed.filter(\.model.isDeprecated)
            guard let first = marked.first else { return }
            let names = marked.map { inspection.startCheck.hosts[$0.host].name }
            inspection.report(
                at: element.text.span,
                "\(first.model.name) is deprecated by the hypervisor of \(names.joined(separator: ", "))",
                help: "virt-cpu models --host HOST lists what is usable there", host: names.count == 1 ? names[0] : nil)
        })
}
