import CPUModel
import DomainXML

extension Rule {
    static let versionedModel = Rule(
        id: "versioned-model",
        severity: .note,
        needs: .model,
        summary: "a -vN model name needs libvirt 10.10 on every host",
        explanation: """
            libvirt knows QEMU's versioned model names (`Skylake-Server-v2`) since 10.10; an older one calls them \
            unknown and does not start the guest. Most have an unversioned name that every libvirt knows and that is \
            the same CPU (`Skylake-Server-IBRS`).

            Silent where the policy says `libvirt: "10.10"` or newer.
            """,
        examples: [
            .bad(
                "the same CPU has an older name",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server-v2</model></cpu>
                </domain>
                """),
            .good(
                "the older name",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server-IBRS</model></cpu>
                </domain>
                """),
            .good(
                "every host's libvirt is new enough", policy: "{default: keep, libvirt: '10.10'}",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server-v2</model></cpu>
                </domain>
                """),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, cpu.effectiveMode == .custom, let element = cpu.model?.name,
                let text = cpu.namedModel, inspection.guest.isManaged, inspection.guest.isX86
            else { return }
            if let libvirt = inspection.libvirt, libvirt >= LibvirtVersion(major: 10, minor: 10) { return }
            let name = inspection.domain[text]
            guard X86Map.isVersioned(name), inspection.knowledge.x86.model(named: name) != nil else { return }
            let older = inspection.knowledge.x86.unversionedName(of: name)
            inspection.report(
                at: element.text.span, "\(name) needs libvirt 10.10 on every host",
                help: older.map { "\($0) is the same CPU, to every libvirt" } ?? "no older name is the same CPU",
                edits: older.map { inspection.domain.isRunning ? [] : [Edit(element.text.span, $0)] } ?? [])
        })
}
