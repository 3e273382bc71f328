import CPUModel
import Hosts

/// What a host has for guests of one platform, resolved once.
struct PlatformHost: Sendable {
    var architecture: String?
    var cpu: CPUDefinition?
    var capabilities: Host.KnownCapabilities?
    /// The processor's features.
    var own: X86Host?
    /// The hypervisor's host-model, whole.
    var reported: X86Host?
    /// What libvirt calls the full host CPU: its CPU's features and the hypervisor's.
    var full: X86Host?
    /// Where more can be asked.
    var connection: LibvirtConnection?
    /// Why nothing is known.
    var failure: String?

    init() {}

    /// - Throws: `HostError`, or `CPUModelError` for a host whose model the map does not have.
    init(_ host: Host, _ platform: DomainPlatform, map x86: X86Map) throws {
        capabilities = try host.domainCapabilities(for: platform)
        guard platform.isX86 else { return }
        reported = try (capabilities?.capabilities.hostModel).map { try x86.host(leniently: $0) }
        // An emulated guest has nothing of the host's CPU.
        if platform.isAccelerated, let cpu = host.cpu, CPUFamily(architecture: cpu.architecture ?? "") == .x86, cpu.model != nil {
            own = try x86.host(leniently: cpu)
        }
        switch (own, reported) {
        case (let own?, let reported?):
            full = X86Host(vendor: own.vendor ?? reported.vendor, features: own.features | reported.features)
        case (let own?, nil):
            full = X86Host(vendor: own.vendor, features: own.features | x86.providedByKVM(on: own, host))
        case (nil, var reported?):
            if platform.isAccelerated {
                reported.features |= x86.bits(ofFeatures: X86Map.withheldByKVM + X86Map.neverGivenByKVM)
            }
            full = reported
        case (nil, nil): break
        }
    }

    /// Domain capabilities of the guest's own platform are known.
    var isCertain: Bool { capabilities?.isOwn ?? false }
}

extension X86Map {
    /// A host of a newer libvirt names features that this map does not have, which no guest judged by it asks for.
    func host(leniently cpu: CPUDefinition) throws(CPUModelError) -> X86Host {
        var known = cpu
        known.features.removeAll { feature(named: $0.name) == nil }
        return try host(known)
    }

    /// Features that a processor has and QEMU keeps from guests, so that host-model does not tell of them: libvirt
    /// compares with the processor's own too, which is not known here. And those that libvirt never lets decide
    /// (libvirt, qemu_capabilities.c, `ignoredFeatures`; QEMU, kvm-cpu.c, `kvm_default_props`).
    static let withheldByKVM = [
        "acpi", "monitor", "cmt", "mbm_total", "mbm_local", "osxsave", "ospke", "vmx-ept-uc", "vmx-ept-wb",
        "vmx-invvpid-single-context",
    ]

    /// Features of processors that no guest under KVM has, so that asking for them says nothing (Linux,
    /// arch/x86/kvm/cpuid.c, `kvm_set_cpu_caps`, where they are 0): none of the 34 machines of libvirt's tests gives one.
    /// `ht` follows the guest's topology.
    static let neverGivenByKVM = [
        "dtes64", "ds_cpl", "smx", "est", "tm2", "xtpr", "dca", "ds", "ht", "tm", "pbe", "extapic", "ibs", "skinit", "wdt",
    ]

    /// What KVM gives to guests whatever the processor says (Linux, arch/x86/kvm/cpuid.c, `kvm_set_cpu_caps`, and
    /// x86.c, `kvm_get_arch_capabilities`), measured on the 34 machines of libvirt's tests that have both answers.
    private static let alwaysGivenByKVM = [
        "hypervisor", "x2apic", "tsc-deadline", "tsc_adjust", "umip", "arch-capabilities",
    ]

    /// The same control of speculation under the other vendor's name, which KVM derives.
    private static let speculationControls: [(given: String, ifHost: [String])] = [
        ("spec-ctrl", ["ibpb", "ibrs"]), ("stibp", ["amd-stibp"]), ("ssbd", ["amd-ssbd"]), ("ibpb", ["spec-ctrl"]),
        ("ibrs", ["spec-ctrl"]), ("amd-stibp", ["stibp"]), ("amd-ssbd", ["ssbd"]),
    ]

    /// What must not count as missing where only the host's CPU is known.
    func providedByKVM(on own: X86Host, _ host: Host) -> FeatureSet {
        var given = bits(ofFeatures: Self.alwaysGivenByKVM + Self.withheldByKVM)
        if own.vendor == "AMD" || own.vendor == "Hygon" { given |= bits(ofFeatures: ["virt-ssbd"]) }
        for (name, needed) in Self.speculationControls where bits(ofFeatures: needed).isSubset(of: own.features) {
            given |= bits(ofFeatures: [name])
        }
        for feature in features {
            let isGiven = feature.bits.allSatisfy { bit in
                guard case .msr(let index, _) = bit.address else { return false }
                // VMX capabilities and IA32_ARCH_CAPABILITIES are KVM's own; others are the processor's.
                return (0x480...0x491).contains(index) || index == 0x10A || !host.hasModelSpecificRegisters
            }
            if isGiven { given |= bits(ofFeatures: [feature.name]) }
        }
        return given
    }
}
