import CPUModel
import Hosts

/// What is known about a host for guests of one platform.
struct PlatformHost: Sendable {
    /// libvirt's name of the host's architecture.
    var architecture: String?
    /// The CPU in the host's capabilities.
    var cpu: CPUDefinition?
    /// The domain capabilities for the platform, or the nearest ones that are known.
    var capabilities: Host.KnownCapabilities?
    /// The features of the processor. Nil for emulated guests, who get nothing of it.
    var own: X86Host?
    /// All features of the hypervisor's host-model.
    var reported: X86Host?
    /// What libvirt calls the full host CPU: the features of the processor, and those that the hypervisor adds.
    var full: X86Host?
    /// Where the host can be asked for more.
    var connection: LibvirtConnection?
    /// Why nothing is known; nil if there was no error.
    var failure: String?

    /// A host about which nothing is known.
    init() {}

    /// Determines what a host has for a platform. A host that is named by a URI is asked.
    ///
    /// - Throws: `HostError` if the host does not answer; `CPUModelError` if the map does not contain its model.
    init(_ host: Host, _ platform: DomainPlatform, map x86: X86Map) throws {
        capabilities = try host.domainCapabilities(for: platform)
        guard platform.isX86 else { return }
        reported = try (capabilities?.capabilities.hostModel).map { try x86.host(leniently: $0) }
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

    /// Domain capabilities for the platform itself are known.
    var isCertain: Bool { capabilities?.isOwn ?? false }
}
