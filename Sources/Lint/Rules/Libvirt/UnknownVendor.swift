import DomainXML

extension Rule {
    static let unknownVendor = Rule(
        id: "unknown-vendor",
        severity: .error,
        needs: .vendor,
        summary: "libvirt's CPU map has no such vendor: where libvirt compares it, no host matches",
        explanation: """
            `<vendor>` says which vendor's hosts may run the guest: `Intel`, `AMD`, `Hygon`. Where libvirt compares the \
            CPU with the host's before it starts the guest, a name that it does not know is a different one from any \
            host's. CPUID's string (`GenuineIntel`) is not the name; what the guest is to see is `vendor_id` of \
            `<model>`.

            A warning where libvirt compares nothing: with `check='none'`, which is the default under emulation, and \
            where every host's hypervisor calls the model usable as it is.
            """,
        examples: [
            .bad(
                "CPUID's string",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Haswell</model>
                    <vendor>GenuineIntel</vendor>
                  </cpu>
                </domain>
                """),
            .good(
                "libvirt's name",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Haswell</model>
                    <vendor>Intel</vendor>
                  </cpu>
                </domain>
                """),
        ],
        check: { inspection in
            let guest = inspection.guest
            guard let cpu = inspection.cpu, let vendor = cpu.vendor, !vendor.text.isEmpty, cpu.namedModel != nil,
                cpu.effectiveMode == .custom, guest.isManaged, guest.isX86
            else { return }
            let name = inspection.domain[vendor.text]
            let map = inspection.knowledge.x86
            guard map.vendor(named: name) == nil else { return }
            let isChecked = cpu.check.map { $0.value != CPU.Check.none } ?? (guest.hypervisor == .hardware)
            // Since libvirt 10.2, a usable model with nothing required besides starts uncompared.
            let verdicts = isChecked ? inspection.startCheck.verdicts(on: guest) : []
            let startsAnyway = !verdicts.isEmpty && verdicts.allSatisfy { $0.answer == .starts && $0.isCertain }
            inspection.report(
                at: vendor.text.span, as: isChecked && !startsAnyway ? .error : .warning,
                "libvirt knows no CPU vendor \(quoted(name))\(didYouMean(map.nearestVendor(to: name)))")
        })
}
