package import CPUModel
package import LibvirtWords

extension DomainCapabilities {
    /// The host-model that a guest starts with, without what options of `virsh domcapabilities` add to the list:
    /// `--expand-cpu-features` (libvirt 12.2) the features of the model itself, and `--supported-cpu-features` (12.5)
    /// features that a guest gets only if it asks for them. Nil if there is no host-model.
    ///
    /// - Parameters:
    ///   - x86: the CPU map of the host's libvirt.
    ///   - release: the release of the host's libvirt, or the oldest that it can be; nil if nothing says it.
    package func startedHostModel(_ x86: X86Map, release: LibvirtVersion?) -> CPUDefinition? {
        guard var cpu = hostModel, platform.isX86 else { return hostModel }
        let ofModel = cpu.model.flatMap { x86.model(named: $0) }?.features ?? FeatureSet()
        let added = x86.bits(ofFeatures: featuresOnlyIfAsked(cpu, x86, release)) | ofModel
        cpu.features.removeAll { feature in
            feature.policy == .require && x86.bits(ofFeature: feature.name)?.isSubset(of: added) == true
        }
        return cpu
    }

    /// Features that a guest gets only if it asks for them. QEMU never turns on `topoext` by itself. On AMD processors, QEMU
    /// 10.1 does not give `arch-capabilities` and what hangs on it to host-model, and libvirt lists them only with
    /// `--supported-cpu-features` (libvirt, patch "qemu_capabilities: Fix domain capabilities on AMD CPUs").
    private func featuresOnlyIfAsked(_ cpu: CPUDefinition, _ x86: X86Map, _ release: LibvirtVersion?) -> [String] {
        var names = X86Map.givenOnlyIfAsked
        let isAMD = cpu.vendor == "AMD" || cpu.vendor == "Hygon"
        if isAMD, let release, release >= LibvirtVersion(major: 12, minor: 5) {
            names += ["arch-capabilities"] + cpu.features.map(\.name).filter { x86.parent(ofFeature: $0) == "arch-capabilities" }
        }
        return names
    }
}
