import CPUModel
import Hosts

/// What is known about a host for guests of one platform.
///
/// A class, because every guest is judged on every host, and to copy all this takes as long as to judge.
final class PlatformHost: Sendable {
    /// The CPU map of the host's libvirt.
    let map: CPUMap
    /// libvirt's name of the host's architecture.
    let architecture: String?
    /// The CPU in the host's capabilities.
    let cpu: CPUDefinition?
    /// The domain capabilities for the platform, or the nearest ones that are known.
    let capabilities: Host.KnownCapabilities?
    /// The features of the processor. Nil for emulated guests, who get nothing of it.
    let own: X86Host?
    /// All features of the hypervisor's host-model.
    let reported: X86Host?
    /// What libvirt calls the full host CPU: the features of the processor, and those that the hypervisor adds.
    let full: X86Host?
    /// The version of the newest machine types that the host's QEMU has, which is that of the QEMU. Nil if it is not known.
    let qemuVersion: MachineVersion?
    /// The features that the host offers to guests of the platform; nil if they are not known.
    var offered: FeatureSet? { reported?.features ?? own?.features }
    /// The platform has hardware virtualisation.
    private let isAccelerated: Bool
    /// The release of the host's libvirt; nil if it is not known.
    let release: LibvirtVersion?
    /// The oldest libvirt that the host can have, by its XML.
    let shown: LibvirtVersion?
    /// What aliases of machine types stand for, by the host's capabilities: `pc-q35-10.0` for `q35`.
    private let machinesOfAliases: [String: String]
    /// Why nothing is known; nil if there was no error.
    let failure: String?
    /// The failure is that the host did not answer.
    let isUnreachable: Bool

    /// Determines what a host has for a platform. A host that is named by a URI is asked.
    ///
    /// - Parameters:
    ///   - map: the CPU map of the host's libvirt.
    ///   - release: of the host's libvirt; nil if it is not known.
    ///   - shown: the oldest libvirt that the host can have, by its XML.
    /// - Throws: `HostError` if the host does not answer; `CPUModelError` if the map does not contain its model.
    init(_ host: Host, _ platform: DomainPlatform, map: CPUMap, release: LibvirtVersion?, shown: LibvirtVersion?) throws {
        (self.map, self.release, self.shown) = (map, release, shown)
        (architecture, cpu, isAccelerated) = (host.architecture, host.cpu, platform.isAccelerated)
        capabilities = try host.domainCapabilities(for: platform)
        machinesOfAliases = host.guestSupport.lazy.filter { $0.architecture == platform.architecture }.map(\.canonicalMachines)
            .reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        reported = platform.isX86 ? try Self.reported(by: capabilities?.capabilities, map.x86) : nil
        if let cpu = host.cpu, platform.isX86, platform.isAccelerated, CPUDriver(architecture: cpu.architecture) == .x86, cpu.model != nil {
            own = try map.x86.host(leniently: cpu)
        } else {
            own = nil
        }
        full = Self.full(own, reported, of: host, platform, map.x86)
        qemuVersion = Self.newestMachine(nil, machinesOfAliases, capabilities)
        (failure, isUnreachable) = (nil, false)
    }

    /// A host about which nothing is known, because of an error.
    init(_ host: Host, map: CPUMap, release: LibvirtVersion?, shown: LibvirtVersion?, after error: any Error) {
        (self.map, self.release, self.shown) = (map, release, shown)
        (architecture, cpu, isAccelerated) = (host.architecture, host.cpu, false)
        (capabilities, own, reported, full, qemuVersion, machinesOfAliases) = (nil, nil, nil, nil, nil, [:])
        (failure, isUnreachable) = ("\(error)", error is HostError)
    }

    private static func reported(by known: DomainCapabilities?, _ x86: X86Map) throws -> X86Host? {
        guard let known, let model = known.hostModel else { return nil }
        var reported = try x86.host(leniently: model)
        if reported.modelKnownByNameOnly != nil {
            // The host has all features of the models that its hypervisor can give.
            for model in known.models where model.usability == .yes {
                reported.features |= x86.model(named: model.name)?.features ?? FeatureSet()
            }
        }
        return reported
    }

    private static func full(_ own: X86Host?, _ reported: X86Host?, of host: Host, _ platform: DomainPlatform, _ x86: X86Map) -> X86Host? {
        func provided(to own: X86Host) -> FeatureSet {
            x86.providedByKVM(vendor: own.vendor, features: own.features, hasModelSpecificRegisters: host.hasModelSpecificRegisters)
        }
        switch (own, reported) {
        case (let own?, let reported?) where reported.modelKnownByNameOnly != nil && own.modelKnownByNameOnly == nil:
            return X86Host(vendor: own.vendor ?? reported.vendor, features: own.features | reported.features | provided(to: own))
        case (let own?, let reported?):
            return X86Host(
                vendor: own.vendor ?? reported.vendor, features: own.features | reported.features,
                modelKnownByNameOnly: own.modelKnownByNameOnly)
        case (let own?, nil):
            return X86Host(
                vendor: own.vendor, features: own.features | provided(to: own), modelKnownByNameOnly: own.modelKnownByNameOnly)
        case (nil, var reported?):
            if platform.isAccelerated {
                let isAMD = reported.vendor == "AMD" || reported.vendor == "Hygon"
                reported.features |= x86.bits(
                    ofFeatures: X86Map.withheldByKVM + X86Map.neverGivenByKVM + (isAMD ? X86Map.givenOnlyIfAsked : []))
            }
            return reported
        case (nil, nil): return nil
        }
    }

    /// Domain capabilities for the platform itself are known.
    var isCertain: Bool { capabilities?.isOwn ?? false }

    /// The version of a guest's machine type. That of an alias, and of a guest without a machine, is the newest of the
    /// host's QEMU. Nil if it is not known, and for machine types that do not have QEMU's versions.
    func machineVersion(of platform: DomainPlatform) -> MachineVersion? {
        if let name = platform.machine, !["pc", "q35"].contains(name) { return MachineVersion(machine: name) }
        return Self.newestMachine(platform.machine, machinesOfAliases, capabilities)
    }

    private static func newestMachine(
        _ alias: String?, _ machinesOfAliases: [String: String], _ capabilities: Host.KnownCapabilities?
    ) -> MachineVersion? {
        let aliases = [alias, "pc", "q35"].compactMap { $0 }
        let name = aliases.lazy.compactMap { machinesOfAliases[$0] }.first ?? capabilities?.capabilities.platform.machine
        return name.flatMap { MachineVersion(machine: $0) }
    }

    /// `qemuVersion` is certain: domain capabilities alone name the machine type for which they were asked, which can be an
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
