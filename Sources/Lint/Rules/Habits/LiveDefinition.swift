import DomainXML

extension Rule {
    static let liveDefinition = Rule(
        id: "live-definition",
        severity: .note,
        needs: .live,
        summary: "this is the live XML of a running guest, not its configuration",
        explanation: """
            `virsh dumpxml` of a running guest shows the guest as it runs: with an `id`, the CPU expanded to the \
            features that it got (`check='full'`), generated paths and addresses. Kept as a definition, such XML ties \
            the guest to what that host had on that day. `virsh dumpxml --inactive` prints the configuration.
            """,
        examples: [
            .bad(
                "an id",
                """
                <domain type='kvm' id='3'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'/>
                </domain>
                """),
            .bad(
                "an expanded CPU",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact' check='full'>
                    <model fallback='forbid'>Haswell</model>
                    <feature policy='require' name='vme'/>
                  </cpu>
                </domain>
                """),
            .good(
                "a configuration",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'/>
                </domain>
                """),
            .good(
                "libvirt's own record of a running guest is what it is",
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
            let help = "virsh dumpxml --inactive prints the configuration"
            if let id = domain.id {
                inspection.report(at: id.span, "the live XML of a running guest (domain id \(domain[id]))", help: help)
            } else if let check = inspection.cpu?.check, check.value == .full {
                inspection.report(
                    at: check.text.span, "check='full' is what libvirt shows of a running guest's CPU", help: help)
            }
        })
}
