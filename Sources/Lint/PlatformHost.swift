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
            let provided = x86.providedByKVM(
                vendor: own.vendor, features: own.features, hasModelSpecificRegisters: host.hasModelSpecificRegisters)
            full = X86Host(vendor: own.vendor, features: own.features | provided)
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
