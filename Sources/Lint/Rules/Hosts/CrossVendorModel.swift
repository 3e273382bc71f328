import CPUModel

extension Rule {
    static let crossVendorModel = Rule(
        id: "cross-vendor-model",
        severity: .note,
        needs: [.hosts, .model],
        summary: "a model of another vendor than the hosts'",
        explanation: """
            libvirt compares vendors only where the guest has a `<vendor>`; a model's own vendor is never compared. So \
            an Intel model starts on an AMD host that has its features, and under KVM the guest is shown the host's \
            vendor beside a model of the other. That works, and is sometimes meant (Nehalem as the least common \
            x86-64-v2). It is rarely meant for newer models.
            """,
        examples: [
            .bad(
                "an AMD model on an Intel host", hosts: [.haswellCapabilities],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Opteron_G1</model></cpu>
                </domain>
                """),
            .good(
                "a model of the hosts' vendor", hosts: [.haswellCapabilities],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Nehalem</model></cpu>
                </domain>
                """),
            .good(
                "a model of no vendor", hosts: [.haswellCapabilities],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>kvm64</model></cpu>
                </domain>
                """),
        ],
        check: { inspection in
            guard inspection.guest.hypervisor == .hardware, inspection.guest.isX86, let cpu = inspection.cpu,
                cpu.effectiveMode == .custom, cpu.vendor == nil, let element = cpu.model?.name, let name = cpu.namedModel,
                let model = inspection.knowledge.x86.model(named: inspection.domain[name]), let vendor = model.vendor
            else { return }
            // Hosts of other architectures are other guests' hosts.
            let others = inspection.startCheck.hosts.filter { host in
                CPUFamily(architecture: host.architecture ?? "") == .x86 && host.vendor != nil && host.vendor != vendor
            }
            guard let first = others.first else { return }
            let names = others.map { "\($0.name) is of \($0.vendor ?? "")" }.joined(separator: ", ")
            inspection.report(
                at: element.text.span,
                "\(model.name) is a model of \(vendor), and \(names)",
                help: "libvirt does not compare vendors without <vendor>; under KVM the guest sees the host's",
                host: others.count == 1 ? first.name : nil)
        })
}
