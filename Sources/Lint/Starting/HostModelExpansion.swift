import CPUModel
import Hosts

/// The CPU that libvirt makes of host-model on one host, with all its features written out.
struct HostModelExpansion {
    var cpu: CPUDefinition
    /// The CPU is that of the domain capabilities for the guest's own platform. Otherwise it is the model that is
    /// nearest to the host's processor, with the other features of the processor; what KVM really provides differs
    /// slightly.
    var isCertain: Bool
}

extension StartCheck {
    /// What a guest with host-model gets on a host.
    ///
    /// - Parameters:
    ///   - own: what the guest requests in addition: features and a vendor id.
    ///   - platform: the guest's platform.
    ///   - host: an index of `hosts`.
    func hostModelExpansion(of own: CPUDefinition, for platform: DomainPlatform, on host: Int) throws -> HostModelExpansion {
        let reported = hostModel(of: host, for: platform)
        var cpu = try reported ?? decodedProcessor(of: host, for: platform)
        cpu.fallback = .forbid
        cpu.vendorID = own.vendorID
        // A disabled feature is kept even if it cannot migrate, because the model may contain it.
        let dropped = X86Map.notMigratableInQEMU + X86Map.ignoredByQEMUDriver(of: libvirtRelease(of: host))
        cpu.features.removeAll { $0.policy == .require && dropped.contains($0.name) }
        for feature in own.features {
            if let index = cpu.features.firstIndex(where: { $0.name == feature.name }) {
                cpu.features[index] = feature
            } else {
                cpu.features.append(feature)
            }
        }
        if reported != nil { cpu = asStarted(cpu, for: platform, on: host) }
        return HostModelExpansion(cpu: cpu, isCertain: reported != nil)
    }

    /// A CPU as it is in the live definition of a guest that was started with it: what is optional is decided, and what
    /// hangs on a disabled feature is disabled too.
    private func asStarted(_ cpu: CPUDefinition, for platform: DomainPlatform, on host: Int) -> CPUDefinition {
        var cpu = cpu
        let x86 = map(of: host).x86
        // What keeps a guest from migrating is not in the host-model by which libvirt decides.
        let offered = (offered(host, for: platform) ?? FeatureSet()) - x86.bits(ofFeatures: X86Map.notMigratableInQEMU)
        let disabled = Set(cpu.features.filter { [.disable, .forbid].contains($0.policy) }.map(\.name))
        for index in cpu.features.indices {
            let name = cpu.features[index].name
            if cpu.features[index].policy == .optional {
                let isThere = x86.bits(ofFeature: name)?.isSubset(of: offered) ?? false
                cpu.features[index].policy = isThere ? .require : .disable
            } else if cpu.features[index].policy == .require, let parent = x86.parent(ofFeature: name), disabled.contains(parent) {
                cpu.features[index].policy = .disable
            }
        }
        return cpu
    }

    /// The host-model that a host's hypervisor reports for a platform; nil if it is not known for exactly this
    /// platform.
    func hostModel(of host: Int, for platform: DomainPlatform) -> CPUDefinition? {
        guard let known = capabilities(of: host, for: platform), known.isOwn else { return nil }
        var cpu = known.capabilities.startedHostModel(
            map(of: host).x86, release: libvirtRelease(of: host) ?? shownLibvirt(of: host))
        cpu?.mode = .custom
        return cpu
    }

    /// The processor of an x86 host.
    func processor(of host: Int, for platform: DomainPlatform) throws -> HostProcessor {
        try requireX86(host)
        if let cpu = hosts[host].cpu {
            return HostProcessor(vendor: cpu.vendor, signature: cpu.signature, features: try features(of: cpu, host, platform))
        }
        guard let full = fullHost(host, for: platform) else {
            throw HostCPUError("host \(hosts[host].name) does not report its CPU")
        }
        return HostProcessor(vendor: full.vendor, features: full.features)
    }

    /// Throws an error if a host is not an x86 host.
    func requireX86(_ host: Int) throws(HostCPUError) {
        let architecture = hosts[host].architecture
        guard let architecture, Architecture(name: architecture).family == .x86 else {
            throw HostCPUError("host \(hosts[host].name) is \(architecture ?? "of unknown architecture"), not x86")
        }
    }

    /// The features of a host's CPU. Of a model that is newer than every map, its hypervisor's list tells a part.
    private func features(
        of cpu: CPUDefinition, _ host: Int, _ platform: DomainPlatform
    ) throws(HostCPUError) -> FeatureSet {
        do {
            let own = try map(of: host).x86.host(leniently: cpu)
            guard let model = own.modelKnownByNameOnly else { return own.features }
            guard let full = fullHost(host, for: platform), capabilities(of: host, for: platform) != nil else {
                throw CPUModelError.modelKnownByNameOnly(model)
            }
            return own.features | full.features
        } catch {
            throw HostCPUError("host \(hosts[host].name): \(error)")
        }
    }

    /// The nearest model to a host's processor, with the features that the processor has in addition.
    private func decodedProcessor(of host: Int, for platform: DomainPlatform) throws -> CPUDefinition {
        let processor = try processor(of: host, for: platform)
        let x86 = map(of: host).x86
        do {
            return try x86.decode(
                processor.features - x86.bits(ofFeatures: X86Map.notGivenByKVM + X86Map.hardlyGivenByKVM), vendor: processor.vendor,
                signature: processor.signature, as: .guest, among: x86.unversionedModels())
        } catch {
            throw HostCPUError("host \(hosts[host].name): \(error)")
        }
    }
}
