import DomainXML

extension Rule {
    static let liveDefinition = Rule(
        id: "live-definition",
        severity: .note,
        tags: [.habits],
        needs: .live,
        summary: "the definition is the live XML of a running guest, not its configuration",
        explanation: """
            `virsh dumpxml` of a running guest shows the guest as it runs now: with an `id`, with generated paths and \
            addresses, and with the CPU expanded to the features that the guest got (`check='full'`). If such XML is kept as \
            the definition, the guest needs what its host had on that day. `virsh dumpxml --inactive` prints the \
            configuration.
            """,
        examples: [
            .bad(
                "an id", finds: "this is the live XML of a running guest (domain id 3), not its configuration",
                """
                <domain type='kvm' id='↓3'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'/>
                </domain>
                """),
            .bad(
                "an expanded CPU", finds: "check='full' is what libvirt shows for a running guest: this may be live XML, not the configuration",
                .guest(cpu: """
                    <cpu mode='custom' match='exact' check='↓full'>
                      <model fallback='forbid'>Haswell</model>
                      <feature policy='require' name='vme'/>
                    </cpu>
                    """)),
            .good("a configuration", .guest(cpu: "<cpu mode='host-model'/>")),
            .good(
                "libvirt's own record of a running guest",
                """
                <domstatus state='running'>
                <domain type='kvm' id='3'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' check='full'><model fallback='forbid'>Haswell</model></cpu>
                </domain>
                </domstatus>
                """),
        ],
        check: { inspection in
            let domain = inspection.domain
            guard domain.container != .status, domain.container != .snapshot else { return }
            let help = "use the output of virsh dumpxml --inactive"
            if let id = domain.id {
                inspection.report(at: id.span, "this is the live XML of a running guest (domain id \(domain[id])), not its configuration", help: help)
            } else if let check = inspection.cpu?.check, check.value == .full {
                inspection.report(
                    at: check.text.span, "check='full' is what libvirt shows for a running guest: this may be live XML, not the configuration", help: help)
            }
        })
}
