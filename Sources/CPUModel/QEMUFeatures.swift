extension X86Map {
    /// The features of QEMU's model of the name: the map's with the recorded difference. A model that the record does
    /// not have is taken as the map has it.
    public func features(of model: X86Model, in qemu: QEMUModels, under accelerator: Accelerator) -> FeatureSet {
        withoutOrphans(recordedFeatures(of: model, in: qemu, under: accelerator))
    }

    /// The same before QEMU looks for orphans: a guest that asks for `svm` gets the model's `npt` back with it.
    func recordedFeatures(of model: X86Model, in qemu: QEMUModels, under accelerator: Accelerator) -> FeatureSet {
        guard let difference = qemu.model(named: model.name)?.difference(under: accelerator) else {
            return model.features
        }
        return model.features - bits(ofFeatures: difference.lost) | bits(ofFeatures: difference.gained)
    }

    /// QEMU clears whole leaves and registers that have no meaning without another feature (target/i386/cpu.c,
    /// `feature_dependencies`).
    package func withoutOrphans(_ set: FeatureSet) -> FeatureSet {
        var left = set
        for (feature, isDependent) in Self.dependents {
            guard let bits = bits(ofFeature: feature), !bits.isSubset(of: set) else { continue }
            for (position, bit) in self.bits.enumerated() where isDependent(bit.address) {
                left -= FeatureSet(position: position)
            }
        }
        return left
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
