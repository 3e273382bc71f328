import DomainXML

extension Rule {
    static let liveDefinition = Rule(
        id: "live-definition",
        severity: .note,
        worst: .warning,
        tags: [.habits],
        needs: .live,
        summary: "the definition is the live XML of a running guest, not its configuration",
        explanation: """
            `virsh dumpxml` of a running guest shows the guest as it runs now: with an `id`, with generated paths and \
            addresses, and with the CPU expanded to the features that the guest got (`check='full'`). `virsh dumpxml \
            --inactive` prints the configuration. Before you pass it to `virsh define`, add `--security-info`: without it, virsh \
            leaves out the passwords of VNC and SPICE.

            If such XML is kept as the definition, or used as a template for another machine, libvirt demands under \
            `check='full'` that QEMU gives exactly the listed features. Another processor, QEMU or microcode gives \
            others, and the guest does not start: "guest CPU doesn't match specification". So a listed CPU with \
            `check='full'` is a warning. If hosts are named, `host-incompatible` reports those that cannot give the \
            list. An `id` alone is a note, because libvirt ignores it.
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
                "an expanded CPU",
                finds: "check='full' is what libvirt shows for a running guest: this may be live XML, not the "
                    + "configuration",
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
            let isListed = inspection.cpu?.check?.value == .full && inspection.cpu?.effectiveMode == .custom
            let help = "use the output of virsh dumpxml --inactive"
                + (isListed ? "; for a guest that is not installed yet, use <cpu mode='host-model'/>" : "")
            let severity = isListed ? Severity.warning : .note
            if let id = domain.id {
                inspection.report(
                    at: id.span, as: severity,
                    "this is the live XML of a running guest (domain id \(domain[id])), not its configuration",
                    notes: isListed ? [demand] : [], help: help)
            } else if let check = inspection.cpu?.check, check.value == .full {
                inspection.report(
                    at: check.text.span, as: severity,
                    "check='full' is what libvirt shows for a running guest: this may be live XML, not the "
                        + "configuration",
                    notes: isListed ? [demand] : [], help: help)
            }
        })

    private static let demand =
        "check='full': the guest starts only where QEMU gives exactly the features of this <cpu>, no more and no fewer"
}
