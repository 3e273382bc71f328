/// A model by which a set of features could be described, and how far it is from the set (libvirt, cpu_x86.c,
/// `x86DecodeUseCandidate`).
struct DecodingCandidate {
    var model: X86Model
    /// Features of the set that the model lacks.
    var extra: FeatureSet
    /// Features of the model that the set lacks.
    var missing: FeatureSet
    /// Features that were removed from the model and that neither `extra` nor `missing` has.
    var removed: [String]
    var extraCount: Int
    /// How many features would be listed as disabled: `missing` and `removed`.
    var disableCount: Int

    /// libvirt's penalty for the first half of the disabled features (the half is rounded up): 2 for the first feature,
    /// 3 for the second, and so on.
    var disableCost: Int {
        let half = (disableCount + 1) / 2
        return half * (half + 3) / 2
    }

    /// The cost of the candidate: `disableCost`, 1 for each extra feature, and 1 for each disabled feature of the
    /// second half.
    var cost: Int { extraCount + disableCost + disableCount / 2 }

    /// Whether libvirt would take this candidate rather than an earlier one. A candidate whose model matches the
    /// signature beats one whose model does not.
    func isBetter(than other: DecodingCandidate?, signature: CPUSignature?, isPreferred: Bool) -> Bool {
        guard let other else { return true }
        if let signature {
            let matches = model.matches(signature)
            if matches != other.model.matches(signature) { return matches }
        }
        if cost < other.cost { return true }
        return disableCost < other.disableCost && (cost == other.cost || isPreferred)
    }
}
