extension X86Map {
    /// The features that a guest gets from QEMU's model of the same name: the map's features, changed by the recorded
    /// difference. For a model that the record does not have, these are the map's features.
    public func features(of model: X86Model, in qemu: QEMUModels, under accelerator: Accelerator) -> FeatureSet {
        withoutOrphans(recordedFeatures(of: model, in: qemu, under: accelerator))
    }

    /// Like `features(of:in:under:)`, but including the features that QEMU clears because another one is absent. A
    /// guest that asks for `svm` therefore also gets the model's `npt`.
    ///
    /// The record for KVM was taken with `svm` off, so that the features that depend on `svm` are missing from it. The
    /// record for emulation has them.
    func recordedFeatures(of model: X86Model, in qemu: QEMUModels, under accelerator: Accelerator) -> FeatureSet {
        guard let actual = qemu.model(named: model.name) else { return model.features }
        let difference = actual.difference(under: accelerator)
        let features = model.features - bits(ofFeatures: difference.lost) | bits(ofFeatures: difference.gained)
        guard accelerator == .kvm, actual.kvm.lost.contains("svm") else { return features }
        return features | bits(ofFeatures: actual.tcg.gained.filter { parent(ofFeature: $0) == "svm" })
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
