import CPUModel
import Hosts

/// What is known about a host for guests of one platform.
struct PlatformHost: Sendable {
    /// The CPU map of the host's libvirt.
    var map: CPUMap
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
    /// The features that the host offers to guests of the platform; nil if they are not known.
    var offered: FeatureSet? { reported?.features ?? own?.features }
    /// The platform has hardware virtualisation.
    var isAccelerated = false
    /// The release of the host's libvirt; nil if it is not known.
    var release: LibvirtVersion?
    /// The oldest libvirt that the host can have, by its XML.
    var shown: LibvirtVersion?
    /// `newestMachine`, worked out once.
    var qemuVersion: MachineVersion?
    /// What aliases of machine types stand for, by the host's capabilities: `pc-q35-10.0` for `q35`.
    var machinesOfAliases: [String: String] = [:]
    /// Why nothing is known; nil if there was no error.
    var failure: String?
    /// The failure is that the host did not answer.
    var isUnreachable = false

    /// A host about which nothing is known.
    init(map: CPUMap) { self.map = map }

    /// Determines what a host has for a platform. A host that is named by a URI is asked.
    ///
    /// - Throws: `HostError` if the host does not answer; `CPUModelError` if the map does not contain its model.
    init(_ host: Host, _ platform: DomainPlatform, map: CPUMap) throws {
        self.init(map: map)
        let x86 = map.x86
        isAccelerated = platform.isAccelerated
        capabilities = try host.domainCapabilities(for: platform)
        for support in host.guestSupport where support.architecture == platform.architecture {
            machinesOfAliases.merge(support.canonicalMachines) { first, _ in first }
        }
        guard platform.isX86 else { return }
        reported = try (capabilities?.capabilities.hostModel).map { try x86.host(leniently: $0) }
        if let known = capabilities?.capabilities, reported?.modelKnownByNameOnly != nil {
            // The host has all features of the models that its hypervisor can give.
            for model in known.models where model.usability == .yes {
                reported!.features |= x86.model(named: model.name)?.features ?? FeatureSet()
            }
        }
        if platform.isAccelerated, let cpu = host.cpu, CPUDriver(architecture: cpu.architecture) == .x86, cpu.model != nil {
            own = try x86.host(leniently: cpu)
        }
        switch (own, reported) {
        case (let own?, let reported?) where reported.modelKnownByNameOnly != nil && own.modelKnownByNameOnly == nil:
            let provided = x86.providedByKVM(
                vendor: own.vendor, features: own.features, hasModelSpecificRegisters: host.hasModelSpecificRegisters)
            full = X86Host(vendor: own.vendor ?? reported.vendor, features: own.features | reported.features | provided)
        case (let own?, let reported?):
            full = X86Host(
                vendor: own.vendor ?? reported.vendor, features: own.features | reported.features,
                modelKnownByNameOnly: own.modelKnownByNameOnly)
        case (let own?, nil):
            let provided = x86.providedByKVM(
                vendor: own.vendor, features: own.features, hasModelSpecificRegisters: host.hasModelSpecificRegisters)
            full = X86Host(
                vendor: own.vendor, features: own.features | provided, modelKnownByNameOnly: own.modelKnownByNameOnly)
        case (nil, var reported?):
            if platform.isAccelerated {
                let isAMD = reported.vendor == "AMD" || reported.vendor == "Hygon"
                reported.features |= x86.bits(
                    ofFeatures: X86Map.withheldByKVM + X86Map.neverGivenByKVM + (isAMD ? X86Map.givenOnlyIfAsked : []))
            }
            full = reported
        case (nil, nil): break
        }
    }

    /// Domain capabilities for the platform itself are known.
    var isCertain: Bool { capabilities?.isOwn ?? false }

    /// The version of a guest's machine type. That of an alias, and of a guest without a machine, is the newest of the
    /// host's QEMU. Nil if it is not known, and for machine types that do not have QEMU's versions.
    func machineVersion(of platform: DomainPlatform) -> MachineVersion? {
        if let name = platform.machine, !["pc", "q35"].contains(name) { return MachineVersion(machine: name) }
        return newestMachine(platform.machine)
    }

    /// The version of the newest machine types that the host's QEMU has, which is that of the QEMU. Nil if it is not known.
    func newestMachine(_ alias: String? = nil) -> MachineVersion? {
        let aliases = [alias, "pc", "q35"].compactMap { $0 }
        let name = aliases.lazy.compactMap { machinesOfAliases[$0] }.first ?? capabilities?.capabilities.platform.machine
        return name.flatMap { MachineVersion(machine: $0) }
    }

    /// `newestMachine` is certain: domain capabilities alone name the machine type for which they were asked, which can be an
    /// old one.
    var showsQEMUVersion: Bool { !machinesOfAliases.isEmpty }

    /// Features that the host lacks are certainly absent: its CPU is known, or its hypervisor reports one of them as
    /// missing from a model. Domain capabilities alone do not show every feature of the processor, with which libvirt
    /// compares too.
    func isCertainlyWithout(_ features: [String]) -> Bool {
        if own != nil || !isAccelerated { return true }
        let blockers = Set(capabilities?.capabilities.models.flatMap(\.blockers) ?? [])
        return features.contains { blockers.contains($0) }
    }
}
