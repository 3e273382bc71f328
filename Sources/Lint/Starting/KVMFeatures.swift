import CPUModel
import Hosts

extension X86Map {
    /// A host's CPU without the features that the map does not contain. A newer libvirt can name such features, but no guest
    /// that this map describes can request them.
    func host(leniently cpu: CPUDefinition) throws(CPUModelError) -> X86Host {
        var known = cpu
        known.features.removeAll { feature(named: $0.name) == nil }
        return try host(known)
    }

    /// Features that QEMU can withhold from guests although the processor has them (kvm-cpu.c, `kvm_default_props`), and
    /// features that libvirt ignores in comparisons (qemu_capabilities.c, `ignoredFeatures`).
    ///
    /// libvirt also compares with the features of the processor itself. If only the host-model is known, which lacks the
    /// withheld features, they must not count as missing.
    static let withheldByKVM = [
        "acpi", "monitor", "cmt", "mbm_total", "mbm_local", "osxsave", "ospke", "vmx-ept-uc", "vmx-ept-wb",
        "vmx-invvpid-single-context",
    ]

    /// Features of processors that KVM never gives to a guest (Linux, arch/x86/kvm/cpuid.c, `kvm_set_cpu_caps`, where they
    /// are 0). None of the 34 machines in libvirt's tests gives one. `ht` depends on the guest's topology.
    static let neverGivenByKVM = [
        "dtes64", "ds_cpl", "smx", "est", "tm2", "xtpr", "dca", "ds", "ht", "tm", "pbe", "extapic", "ibs", "skinit", "wdt",
    ]

    /// Features that KVM gives to guests whatever the processor has (Linux, arch/x86/kvm/cpuid.c, `kvm_set_cpu_caps`, and
    /// x86.c, `kvm_get_arch_capabilities`). Found by comparing the processor with the guest on the 34 machines in libvirt's
    /// tests for which both are known.
    private static let alwaysGivenByKVM = [
        "hypervisor", "x2apic", "tsc-deadline", "tsc_adjust", "umip", "arch-capabilities",
    ]

    /// Controls of speculation that KVM derives from the feature of the other vendor: `given` if the host has all of
    /// `ifHost`.
    private static let speculationControls: [(given: String, ifHost: [String])] = [
        ("spec-ctrl", ["ibpb", "ibrs"]), ("stibp", ["amd-stibp"]), ("ssbd", ["amd-ssbd"]), ("ibpb", ["spec-ctrl"]),
        ("ibrs", ["spec-ctrl"]), ("amd-stibp", ["stibp"]), ("amd-ssbd", ["ssbd"]),
    ]

    /// The features that KVM may add to those of the processor. If only the host's CPU is known, they must not count as
    /// missing.
    func providedByKVM(on own: X86Host, _ host: Host) -> FeatureSet {
        var given = bits(ofFeatures: Self.alwaysGivenByKVM + Self.withheldByKVM)
        if own.vendor == "AMD" || own.vendor == "Hygon" { given |= bits(ofFeatures: ["virt-ssbd"]) }
        for (name, needed) in Self.speculationControls where bits(ofFeatures: needed).isSubset(of: own.features) {
            given |= bits(ofFeatures: [name])
        }
        for feature in features {
            let isGiven = feature.bits.allSatisfy { bit in
                guard case .msr(let index, _) = bit.address else { return false }
                // KVM itself provides the VMX capabilities and IA32_ARCH_CAPABILITIES; other registers are the processor's.
                return (0x480...0x491).contains(index) || index == 0x10A || !host.hasModelSpecificRegisters
            }
            if isGiven { given |= bits(ofFeatures: [feature.name]) }
        }
        return given
    }
}
