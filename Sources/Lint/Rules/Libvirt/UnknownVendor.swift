import DomainXML

extension Rule {
    static let unknownVendor = Rule(
        id: "unknown-vendor",
        severity: .error,
        tags: [.libvirt],
        needs: .vendor,
        summary: "the vendor is not in libvirt's CPU map, so no host matches it",
        explanation: """
            `<vendor>` restricts the guest to hosts of one vendor: `Intel`, `AMD` or `Hygon`. When libvirt compares the CPU \
            with the host's before it starts the guest, a name that it does not know differs from the vendor of every host. \
            The string that CPUID returns (`GenuineIntel`) is not libvirt's name. To choose the vendor that the guest sees, \
            use `vendor_id` of `<model>`.

            The finding is a warning where libvirt does not compare the CPU: with `check='none'`, which is the default \
            under emulation, and if the hypervisor of every host calls the model usable as it is.
            """,
        examples: [
            .bad(
                "the string that CPUID returns",
                finds: "libvirt does not know the CPU vendor 'GenuineIntel' (did you mean 'Intel'?)",
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Haswell</model>
                      <vendor>↓GenuineIntel</vendor>
                    </cpu>
                    """)),
            .good(
                "libvirt's name",
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Haswell</model>
                      <vendor>Intel</vendor>
                    </cpu>
                    """)),
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
            // Since libvirt 10.2, a guest starts uncompared if its model is usable and it requires no other features.
            let judgements = isChecked ? inspection.hostAnswer?.judgements ?? [] : []
            let startsAnyway = !judgements.isEmpty && judgements.allSatisfy { $0.value.answer == .starts && $0.value.isCertain }
            inspection.report(
                at: vendor.text.span, as: isChecked && !startsAnyway ? .error : .warning,
                "libvirt does not know the CPU vendor \(quoted(name))\(didYouMean(map.nearestVendor(to: name)))",
                notes: [inspection.knowledge.searched],
                help: map.vendors.first { $0.string == name }.map { ForeignWord.vendor(name, is: $0.name) })
        })
}
