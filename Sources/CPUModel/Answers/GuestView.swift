extension CPUMap {
    /// What the guest sees: QEMU's model of the same name as `cpu.model`, with the features that libvirt turns on and
    /// off. For a model that QEMU's record does not have, the features of the map's model are used.
    ///
    /// `ht` and `cmp_legacy` follow the topology, whatever the model has: QEMU turns them on for a guest with several
    /// threads in a socket, `cmp_legacy` except for Intel's vendor string (QEMU, target/i386/cpu.c, `cpu_x86_cpuid`).
    ///
    /// - Parameters:
    ///   - cpu: the guest's CPU.
    ///   - accelerator: what executes the guest's instructions.
    ///   - machine: the name of the guest's machine type, on which QEMU's models depend. The newest is assumed if it is
    ///     nil, an alias (`q35`) or a name that does not end in QEMU's version.
    ///   - hasSeveralThreadsPerSocket: whether a socket of the guest has more than one thread, on one core or on
    ///     several.
    ///   - host: the features of the host, which decide whether the guest gets `optional` features. If nil, the guest
    ///     gets none of these.
    ///   - given: the features that the hypervisor can give: the guest gets no others, except `ht` and `cmp_legacy` as
    ///     above. If nil, nothing is left out.
    ///   - removed: the features of the model that libvirt disables because QEMU has removed them, unless the definition
    ///     lists them. If nil, those that this map marks; an older libvirt disables fewer.
    ///   - hostVendor: the 12 characters of CPUID leaf 0 of the host, which a guest under KVM sees; nil if not known.
    ///   - qemu: the record of QEMU's models.
    /// - Returns: nil when the definition alone does not tell: a CPU that follows the host (host-model,
    ///   host-passthrough, maximum, `match='minimum'`) or that has no model.
    /// - Throws: `CPUModelError` for an unknown model or feature, and for a model of which only the name is known.
    public func guestVisibleCPU(
        of cpu: CPUDefinition, under accelerator: Accelerator, machine: String? = nil,
        hasSeveralThreadsPerSocket: Bool = false, on host: FeatureSet? = nil, within given: FeatureSet? = nil,
        removed: [String]? = nil, hostVendor: String? = nil, qemu: QEMUModels = .builtIn
    ) throws(CPUModelError) -> GuestVisibleCPU? {
        guard cpu.mode == .custom, cpu.match != .minimum, let name = cpu.model else { return nil }
        guard let model = x86.model(named: name) else { throw .unknownModel(name) }
        if model.isKnownByNameOnly { throw .modelKnownByNameOnly(name) }
        let actual = qemu.model(named: name)?.on(machine.flatMap { MachineVersion(machine: $0) })
        // Features that QEMU has added to the model are on. libvirt disables those that QEMU has removed, unless the
        // definition lists them.
        var features = x86.recordedFeatures(of: model, as: actual, under: accelerator)
            | x86.bits(ofFeatures: model.addedFeatures) - x86.bits(ofFeatures: removed ?? model.removedFeatures)
        for feature in cpu.features {
            let bits = try x86.knownBits(feature.name)
            switch feature.policy {
            case .force, .require: features |= bits
            case .disable, .forbid: features -= bits
            case .optional: features = features - bits | bits & (host ?? FeatureSet())
            }
        }
        if let given { features = features & given }
        let emulated = actual?.vendor ?? model.vendor.flatMap { x86.vendor(named: $0)?.string }
        let vendor = cpu.vendorID ?? (accelerator == .tcg ? emulated : hostVendor)
        if hasSeveralThreadsPerSocket {
            features |= x86.bits(ofFeatures: ["ht"])
            if let vendor, vendor != "GenuineIntel" { features |= x86.bits(ofFeatures: ["cmp_legacy"]) }
        }
        return GuestVisibleCPU(
            model: name, brand: actual?.brand, vendor: vendor, signature: actual?.signature,
            features: x86.withoutOrphans(features))
    }

    /// The differences between two CPUs that software in the guest can see.
    public func difference(from old: GuestVisibleCPU, to new: GuestVisibleCPU) -> GuestVisibleDifference {
        var difference = GuestVisibleDifference(
            gained: x86.featureNames(in: new.features - old.features),
            lost: x86.featureNames(in: old.features - new.features))
        if let (before, after) = brands(old, new), before != after { difference.brand = .init(old: before, new: after) }
        if old.vendor != new.vendor { difference.vendor = .init(old: old.vendor, new: new.vendor) }
        if old.signature != new.signature { difference.signature = .init(old: old.signature, new: new.signature) }
        return difference
    }

    /// The brands of both CPUs, with the model's name for a brand that is not recorded. Nil when a brand is not
    /// recorded and the models are the same CPU, such as `Haswell` and `Haswell-v1`.
    private func brands(_ old: GuestVisibleCPU, _ new: GuestVisibleCPU) -> (String, String)? {
        if let before = old.brand, let after = new.brand { return (before, after) }
        if x86.canonicalName(of: old.model) == x86.canonicalName(of: new.model) { return nil }
        return (old.brand ?? old.model, new.brand ?? new.model)
    }
}
