extension X86Map {
    /// The features that a guest gets from QEMU's model of the same name: the map's features, changed by the recorded
    /// difference. For a model that the record does not have, these are the map's features.
    ///
    /// - Parameters:
    ///   - model: a model of this map.
    ///   - qemu: the record of QEMU's models.
    ///   - accelerator: what executes the guest's instructions.
    ///   - machine: the version of the guest's machine type; nil stands for the newest.
    public func features(
        of model: X86Model, in qemu: QEMUModels, under accelerator: Accelerator, on machine: MachineVersion? = nil
    ) -> FeatureSet {
        withoutOrphans(recordedFeatures(of: model, as: qemu.model(named: model.name)?.on(machine), under: accelerator))
    }

    /// Like `features(of:in:under:on:)`, but including the features that QEMU clears because another one is absent. A
    /// guest that asks for `svm` therefore also gets the model's `npt`.
    ///
    /// The record for KVM was taken with `svm` off, so that the features that depend on `svm` are missing from it. The
    /// record for emulation has them.
    ///
    /// - Parameter actual: the record of QEMU's model; nil if there is none.
    package func recordedFeatures(of model: X86Model, as actual: QEMUModel?, under accelerator: Accelerator) -> FeatureSet {
        guard let actual else { return model.features }
        let difference = actual.difference(under: accelerator)
        let features = model.features - bits(ofFeatures: difference.lost) | bits(ofFeatures: difference.gained)
        guard accelerator == .kvm, actual.kvm.lost.contains("svm") else { return features }
        let ofSVM = { (names: [String]) in self.bits(ofFeatures: names.filter { self.parent(ofFeature: $0) == "svm" }) }
        return features | ofSVM(actual.tcg.gained) - ofSVM(actual.tcg.lost)
    }

    /// The feature without which QEMU clears this one: `svm` for `npt`. Nil when there is none, or when the map does
    /// not have the feature.
    public func parent(ofFeature name: String) -> String? {
        guard let feature = feature(named: name) else { return nil }
        return feature.bits.lazy.compactMap { DependentFeatures.parent(of: $0.address) }.first { $0 != name }
    }

    /// The set without the features that QEMU clears because another one is absent from it (QEMU, target/i386/cpu.c,
    /// `feature_dependencies`).
    package func withoutOrphans(_ set: FeatureSet) -> FeatureSet {
        var left = set
        for dependency in dependencies where !dependency.parent.isSubset(of: set) { left -= dependency.dependents }
        return left
    }
}
