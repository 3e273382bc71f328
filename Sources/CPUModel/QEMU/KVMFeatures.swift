// What KVM and libvirt's QEMU driver do with features whatever the CPU model says.
extension X86Map {
    /// Features that libvirt's QEMU driver removes from every CPU (libvirt, qemu_capabilities.c, `ignoredFeatures`):
    /// the guest's operating system sets them, KVM cannot provide them, or QEMU has no name for them.
    public static let ignoredByQEMUDriver = [
        "cmt", "mbm_total", "mbm_local", "osxsave", "ospke", "vmx-ept-uc", "vmx-ept-wb", "vmx-invvpid-single-context",
    ]

    /// Features that libvirt's QEMU driver removes in one of the releases after 11.3, because QEMU sets them by the guest's
    /// topology: a live libvirt 12.9 leaves them out of baselines and of the CPU of a started guest, and 11.3 does not.
    public static let followingTopology = ["ht", "cmp_legacy"]

    /// The features that the QEMU driver of a libvirt release removes from every CPU.
    public static func ignoredByQEMUDriver(of release: LibvirtVersion?) -> [String] {
        guard let release, release >= LibvirtVersion(major: 12, minor: 9) else { return ignoredByQEMUDriver }
        return ignoredByQEMUDriver + followingTopology
    }

    /// Features for which no QEMU has a property, although libvirt passes them on: QEMU ends if a guest asks for one
    /// (`Property '….cvt16' not found`; seen of QEMU 7.2, 10.0 and 11.1). A guest never gets them.
    package static let unknownToQEMU = ["cvt16", "pconfig"]

    /// Features that QEMU supports if a guest or its model asks for them, although host-model does not show them: QEMU does not
    /// enable them by itself, or not without another one. Asked of QEMU 7.2, 10.0 and 11.1, on an Intel host; of newer ones,
    /// the oldest of these three that supports them counts.
    ///
    /// - Parameter qemu: the version of the newest machine types of the QEMU.
    package static func supportedUnreported(under accelerator: Accelerator, qemu: MachineVersion) -> [String] {
        let isTen = qemu >= firstGivingHT, isEleven = qemu >= MachineVersion(major: 11, minor: 1)
        switch accelerator {
        case .kvm: return isTen ? givenOnRequest + ["ht"] : givenOnlyIfAsked
        case .tcg: return (isTen ? ["ht"] + ofArchCapabilities : []) + (isEleven ? ["arch-lbr", "pdcm"] : [])
        }
    }

    /// Features of IA32_ARCH_CAPABILITIES that QEMU's translator supports without the register.
    private static let ofArchCapabilities = [
        "rdctl-no", "ibrs-all", "rsba", "skip-l1dfl-vmentry", "ssb-no", "mds-no", "pschange-mc-no", "tsx-ctrl", "taa-no",
        "sbdr-ssdp-no", "fbsdp-no", "psdp-no", "fb-clear", "bhi-no", "pbrsb-no", "gds-no", "rfds-no", "rfds-clear",
    ]

    /// Features that a guest does not get from host-model although the host's domain capabilities list them, because QEMU
    /// reports that they keep a guest from migrating (libvirt, qemu_capabilities.c, `virQEMUCapsInitHostCPUModel`; QEMU,
    /// target/i386/cpu.c, `unmigratable_flags`). libvirt's own `migratable='no'` counts only with a QEMU before 2.9, which
    /// does not report it.
    package static let notMigratableInQEMU = ["invtsc"]

    /// Features of AMD processors that QEMU gives only to guests that ask for them, so that they are not in host-model
    /// (QEMU, target/i386/cpu.c, `no_autoenable_flags`).
    package static let givenOnlyIfAsked = ["topoext"]

    /// Features that QEMU gives under KVM to every guest that asks for them, and that host-model can lack: `topoext` is
    /// never part of host-model (QEMU, target/i386/cpu.c, `no_autoenable_flags`), the others are not on Intel processors.
    /// Guests of QEMU 10.0 and 11.1 on an Intel host had all three.
    package static let givenOnRequest = givenOnlyIfAsked + ["overflow-recov", "succor"]

    /// The first QEMU that gives `ht` to every guest that asks for it, although host-model does not list it: a guest of QEMU
    /// 10.0 with one thread had it, and one of QEMU 7.2 did not.
    package static let firstGivingHT = MachineVersion(major: 10, minor: 0)

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

    /// Features of processors that KVM gives only with a parameter that is off by default. Kernels since 2024-11 do not even
    /// have the one for Intel PT (Linux, arch/x86/kvm/vmx/vmx.c, `pt_mode`; commit aa0d42cacf09).
    package static let hardlyGivenByKVM = ["intel-pt"]

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
