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
        cpu.features.removeAll { $0.policy == .require && knowledge.x86.feature(named: $0.name)?.isMigratable == false }
        for feature in own.features {
            if let index = cpu.features.firstIndex(where: { $0.name == feature.name }) {
                cpu.features[index] = feature
            } else {
                cpu.features.append(feature)
            }
        }
        return HostModelExpansion(cpu: cpu, isCertain: reported != nil)
    }

    /// The host-model that a host's hypervisor reports for a platform; nil if it is not known for exactly this
    /// platform.
    func hostModel(of host: Int, for platform: DomainPlatform) -> CPUDefinition? {
        guard let known = capabilities(of: host, for: platform), known.isOwn else { return nil }
        var cpu = known.capabilities.hostModel
        cpu?.mode = .custom
        return cpu
    }

    /// The processor of an x86 host.
    func processor(of host: Int, for platform: DomainPlatform) throws -> HostProcessor {
        try requireX86(host)
        if let cpu = hosts[host].cpu {
            return HostProcessor(vendor: cpu.vendor, signature: cpu.signature, features: try features(of: cpu, host))
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

    private func features(of cpu: CPUDefinition, _ host: Int) throws(HostCPUError) -> FeatureSet {
        do {
            return try knowledge.x86.host(cpu).features
        } catch {
            throw HostCPUError("host \(hosts[host].name): \(error)")
        }
    }

    /// The nearest model to a host's processor, with the features that the processor has in addition.
    private func decodedProcessor(of host: Int, for platform: DomainPlatform) throws -> CPUDefinition {
        let processor = try processor(of: host, for: platform)
        let x86 = knowledge.x86
        do {
            return try x86.decode(
                processor.features - x86.bits(ofFeatures: X86Map.notGivenByKVM), vendor: processor.vendor,
                signature: processor.signature, as: .guest, among: x86.unversionedModels())
        } catch {
            throw HostCPUError("host \(hosts[host].name): \(error)")
        }
    }
}
