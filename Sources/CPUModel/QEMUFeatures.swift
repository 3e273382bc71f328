extension X86Map {
    /// The features of QEMU's model of the name: the map's with the recorded difference. A model that the record does
    /// not have is taken as the map has it.
    public func features(of model: X86Model, in qemu: QEMUModels, under accelerator: Accelerator) -> FeatureSet {
        withoutOrphans(recordedFeatures(of: model, in: qemu, under: accelerator))
    }

    /// The same before QEMU looks for orphans: a guest that asks for `svm` gets the model's `npt` back with it.
    ///
    /// KVM's record was taken with `svm` off, so that what goes with it is missing there; emulation's has it.
    func recordedFeatures(of model: X86Model, in qemu: QEMUModels, under accelerator: Accelerator) -> FeatureSet {
        guard let actual = qemu.model(named: model.name) else { return model.features }
        let difference = actual.difference(under: accelerator)
        let features = model.features - bits(ofFeatures: difference.lost) | bits(ofFeatures: difference.gained)
        guard accelerator == .kvm, actual.kvm.lost.contains("svm") else { return features }
        return features | bits(ofFeatures: actual.tcg.gained.filter { parent(ofFeature: $0) == "svm" })
    }

    /// The feature without which QEMU clears this one: `svm` for `npt`.
    public func parent(ofFeature name: String) -> String? {
        guard let feature = feature(named: name) else { return nil }
        return Self.dependents.first { parent, isDependent in
            parent != name && feature.bits.contains { isDependent($0.address) }
        }?.feature
    }

    /// QEMU clears whole leaves and registers that have no meaning without another feature (target/i386/cpu.c,
    /// `feature_dependencies`).
    package func withoutOrphans(_ set: FeatureSet) -> FeatureSet {
        var left = set
        for family in families where !family.parent.isSubset(of: set) { left -= family.dependents }
        return left
    }

    /// A feature, and those that QEMU clears without it.
    struct Family: Sendable, Equatable {
        var parent: FeatureSet
        var dependents: FeatureSet
    }

    /// Those of the map's own features.
    func foundFamilies() -> [Family] {
        Self.dependents.compactMap { name, isDependent in
            guard let parent = bits(ofFeature: name) else { return nil }
            var dependents = FeatureSet()
            for (position, bit) in bits.enumerated() where isDependent(bit.address) { dependents.insert(position) }
            return Family(parent: parent, dependents: dependents)
        }
    }

    private static let dependents: [(feature: String, isDependent: @Sendable (CPUDataAddress) -> Bool)] = [
        // VMX capabilities, IA32_VMX_BASIC to IA32_VMX_VMFUNC.
        ("vmx", { if case .msr(0x480...0x491, _) = $0 { true } else { false } }),
        // SVM revision and features.
        ("svm", { if case .cpuid(0x8000_000a, _, _) = $0 { true } else { false } }),
        // IA32_ARCH_CAPABILITIES.
        ("arch-capabilities", { if case .msr(0x10a, _) = $0 { true } else { false } }),
        // IA32_CORE_CAPABILITIES.
        ("core-capability", { if case .msr(0xcf, _) = $0 { true } else { false } }),
    ]
}
