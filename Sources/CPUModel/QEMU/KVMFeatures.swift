// What KVM and libvirt's QEMU driver do with features whatever the CPU model says.
extension X86Map {
    /// Features that libvirt's QEMU driver removes from every CPU (libvirt, qemu_capabilities.c, `ignoredFeatures`):
    /// the guest's operating system sets them, KVM cannot provide them, or QEMU has no name for them.
    public static let ignoredByQEMUDriver = [
        "cmt", "mbm_total", "mbm_local", "osxsave", "ospke", "vmx-ept-uc", "vmx-ept-wb", "vmx-invvpid-single-context",
    ]

    /// Features of a processor that the hypervisor's host-model does not show, although libvirt finds them in the
    /// processor when it compares: QEMU turns `acpi` and `monitor` off under KVM (QEMU, target/i386/kvm/kvm-cpu.c,
    /// `kvm_default_props`), and libvirt ignores the others.
    package static let withheldByKVM = ["acpi", "monitor"] + ignoredByQEMUDriver

    /// Features of processors that KVM gives to no guest (Linux, arch/x86/kvm/cpuid.c, `kvm_set_cpu_caps`, where they
    /// are 0). A guest that asks for one does not get it on any host, so it loses nothing if the host lacks it. None of
    /// the 34 machines in libvirt's tests provides one. `ht` follows the guest's topology.
    package static let neverGivenByKVM = [
        "dtes64", "ds_cpl", "smx", "est", "tm2", "xtpr", "dca", "ds", "ht", "tm", "pbe", "extapic", "ibs", "skinit", "wdt",
    ]

    /// Features that KVM gives to guests whatever the processor has (Linux, arch/x86/kvm/cpuid.c, `kvm_set_cpu_caps`,
    /// and x86.c, `kvm_get_arch_capabilities`). This was confirmed on the 34 machines for which libvirt's tests have
    /// both the processor's CPUID data and QEMU's answer.
    private static let alwaysGivenByKVM = [
        "hypervisor", "x2apic", "tsc-deadline", "tsc_adjust", "umip", "arch-capabilities",
    ]

    /// Controls of speculation that KVM derives from the other vendor's name for the same control (Linux,
    /// arch/x86/kvm/cpuid.c, `kvm_set_cpu_caps`).
    private static let speculationControls: [(given: String, ifHost: [String])] = [
        ("spec-ctrl", ["ibpb", "ibrs"]), ("stibp", ["amd-stibp"]), ("ssbd", ["amd-ssbd"]), ("ibpb", ["spec-ctrl"]),
        ("ibrs", ["spec-ctrl"]), ("amd-stibp", ["stibp"]), ("amd-ssbd", ["ssbd"]),
    ]

    /// Features that KVM may give to a guest although the host's CPU does not show them, so that they must not count as
    /// missing when nothing but the host's CPU is known.
    ///
    /// - Parameters:
    ///   - vendor: the map's name of the host's vendor.
    ///   - features: the features of the host's processor.
    ///   - hasModelSpecificRegisters: whether the host's model-specific registers were read. Without them, every
    ///     feature that only a register shows may be there.
    package func providedByKVM(
        vendor: String?, features own: FeatureSet, hasModelSpecificRegisters: Bool
    ) -> FeatureSet {
        var given = bits(ofFeatures: Self.alwaysGivenByKVM + Self.withheldByKVM)
        if vendor == "AMD" || vendor == "Hygon" { given |= bits(ofFeatures: ["virt-ssbd"]) }
        for (name, needed) in Self.speculationControls where bits(ofFeatures: needed).isSubset(of: own) {
            given |= bits(ofFeatures: [name])
        }
        for feature in features {
            let isGiven = feature.bits.allSatisfy { bit in
                guard case .msr(let index, _) = bit.address else { return false }
                // In the registers of VMX capabilities and in IA32_ARCH_CAPABILITIES, a guest reads KVM's own values.
                // In other registers it reads the processor's.
                return (0x480...0x491).contains(index) || index == 0x10A || !hasModelSpecificRegisters
            }
            if isGiven { given |= bits(ofFeatures: [feature.name]) }
        }
        return given
    }
}
