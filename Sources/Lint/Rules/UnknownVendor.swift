extension Rule {
    static let unknownVendor = Rule(
        id: "unknown-vendor",
        severity: .error,
        needs: .vendor,
        summary: "libvirt's CPU map has no such vendor: no host matches",
        explanation: """
            `<vendor>` says which vendor's hosts may run the guest: `Intel`, `AMD`, `Hygon`. libvirt compares the \
            name with the host's, so one that it does not know fits no host. CPUID's string (`GenuineIntel`) is not \
            the name; what the guest is to see is `vendor_id` of `<model>`.
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
            guard let cpu = inspection.cpu, let vendor = cpu.vendor, !vendor.text.isEmpty, cpu.namedModel != nil,
                cpu.effectiveMode == .custom, inspection.guest.isManaged, inspection.guest.isX86
            else { return }
            let name = inspection.domain[vendor.text]
            let map = inspection.knowledge.x86
            guard map.vendor(named: name) == nil else { return }
            inspection.report(
                at: vendor.text.span, "libvirt knows no CPU vendor \(quoted(name))\(didYouMean(map.nearestVendor(to: name)))")
        })
}
