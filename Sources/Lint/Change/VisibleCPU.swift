import CPUModel
import Hosts

extension StartCheck {
    /// A CPU that names its model, as the guest sees it on the hosts. Features that the CPU map does not contain are
    /// left out, and those that the hypervisor cannot give on any of the hosts, where their domain capabilities tell.
    /// Nil for a model that the map does not contain.
    ///
    /// - Parameters:
    ///   - topology: the guest's; nil if it does not matter.
    ///   - host: an index of the hosts, for what the guest sees on this one; nil for all.
    func visible(
        _ cpu: CPUDefinition, _ platform: DomainPlatform, _ topology: Topology? = nil, on host: Int? = nil
    ) -> GuestVisibleCPU? {
        let given = host.map { self.given(to: platform, asking: cpu.model, by: $0) } ?? self.given(to: platform, asking: cpu.model)
        return visible(cpu, platform, topology, within: given)
    }

    /// The names of the features that `visible` leaves out because no host's hypervisor can give them, sorted. QEMU
    /// starts such a guest without them, unless libvirt compares the CPU and refuses.
    func unavailable(_ cpu: CPUDefinition, _ platform: DomainPlatform, _ topology: Topology? = nil) -> [String] {
        guard let given = given(to: platform, asking: cpu.model),
            let asked = visible(cpu, platform, topology, within: nil),
            let seen = visible(cpu, platform, topology, within: given)
        else { return [] }
        return knowledge.x86.featureNames(in: asked.features - seen.features).sorted()
    }

    private func visible(
        _ cpu: CPUDefinition, _ platform: DomainPlatform, _ topology: Topology?, within given: FeatureSet?
    ) -> GuestVisibleCPU? {
        var cpu = cpu
        cpu.mode = .custom
        cpu.match = .exact
        // The host decides about optional features that are left. They are not part of what the guest certainly sees.
        cpu.features.removeAll { knowledge.x86.feature(named: $0.name) == nil || isNeverPassedToQEMU($0.name) }
        for index in cpu.features.indices where cpu.features[index].policy == .optional {
            cpu.features[index].policy = .disable
        }
        let qemu = knowledge.qemu ?? QEMUModels(qemuVersion: "", libvirtVersion: "", models: [])
        return try? knowledge.map.guestVisibleCPU(
            of: cpu, under: platform.accelerator, machine: platform.machine,
            hasSeveralThreadsPerSocket: topology?.hasSeveralThreadsPerSocket ?? false, within: given,
            removed: removed(from: cpu.model), hostVendor: platform.accelerator == .tcg ? nil : hostVendor(platform), qemu: qemu)
    }

    /// Whether no host's libvirt passes on what a definition says about a feature that follows the topology: 12.9 does
    /// not.
    private func isNeverPassedToQEMU(_ feature: String) -> Bool {
        guard !hosts.isEmpty, X86Map.followingTopology.contains(feature) else { return false }
        return distinct.allSatisfy { X86Map.ignoredByQEMUDriver(of: libvirtRelease(of: $0)).contains(feature) }
    }

    /// The features that the libvirt of every host disables in a model because QEMU has removed them from it: libvirt 9.0
    /// leaves `mpx` on, which Skylake-Server has on old machine types. Nil without hosts, and for an unknown model.
    private func removed(from model: String?) -> [String]? {
        let maps = distinct.map { map(of: $0).x86 }
        guard let model, let first = maps.first?.model(named: model) else { return nil }
        return first.removedFeatures.filter { name in
            maps.dropFirst().allSatisfy { $0.model(named: model)?.removedFeatures.contains(name) == true }
        }
    }

    /// The features that the hypervisor of at least one host can give. Nil without hosts, and if the domain
    /// capabilities of one are not known.
    private func given(to platform: DomainPlatform, asking model: String?) -> FeatureSet? {
        remembering(GivenQuestion(platform: platform.withoutMachineOnX86, model: model)) { findGiven(to: platform, asking: model) }
    }

    private func findGiven(to platform: DomainPlatform, asking model: String?) -> FeatureSet? {
        var all: FeatureSet?
        for index in distinct {
            guard let given = given(to: platform, asking: model, by: index) else { return nil }
            all = all.map { $0 | given } ?? given
        }
        return all
    }

    /// The features that a host's hypervisor can give: those of host-model, the few that QEMU gives only on request, and
    /// what it does not call a blocker of the model. Features that the host's libvirt has no name for may be there.
    private func given(to platform: DomainPlatform, asking model: String?, by host: Int) -> FeatureSet? {
        guard let known = capabilities(of: host, for: platform), known.isOwn, let hostModel = known.capabilities.hostModel,
            let reported = try? map(of: host).x86.host(leniently: hostModel), reported.modelKnownByNameOnly == nil
        else { return nil }
        let x86 = knowledge.x86, named = map(of: host).x86
        var given = reported.features
            | x86.bits(ofFeatures: x86.features.lazy.map(\.name).filter { named.feature(named: $0) == nil })
        // Of an unknown QEMU, nothing is said to be missing.
        let qemu = qemuVersion(of: host, for: platform) ?? MachineVersion(major: .max, minor: 0)
        given |= x86.bits(ofFeatures: X86Map.supportedUnreported(under: platform.accelerator, qemu: qemu))
        guard let model, let listed = known.capabilities.model(named: model) else { return given }
        if listed.usability == .yes || !listed.blockers.isEmpty, let own = x86.model(named: model), let qemu = knowledge.qemu {
            given |= x86.features(of: own, in: qemu, under: platform.accelerator)
        }
        return given - x86.bits(ofFeatures: listed.blockers)
    }

    /// The vendor string in CPUID of all hosts. Nil if they differ, and if one is not known.
    private func hostVendor(_ platform: DomainPlatform) -> String? {
        var vendor: String?
        for index in distinct {
            guard let name = fullHost(index, for: platform)?.vendor,
                let string = knowledge.x86.vendor(named: name)?.string, vendor == nil || vendor == string
            else { return nil }
            vendor = string
        }
        return vendor
    }
}
