/// The features of an x86 CPU by their policy. Those of its model count as required.
struct FeaturesByPolicy {
    var force = FeatureSet(), require: FeatureSet, optional = FeatureSet()
    var disable = FeatureSet(), forbid = FeatureSet()

    /// - Throws: `CPUModelError` for an unknown model or feature.
    init(_ cpu: CPUDefinition, map: X86Map) throws(CPUModelError) {
        require = try map.modelFeatures(of: cpu)
        for feature in cpu.features {
            let bits = try map.knownBits(feature.name)
            switch cpu.kind == .host ? .require : feature.policy {
            case .force: force |= bits
            case .require: require |= bits
            case .optional: optional |= bits
            case .disable: disable |= bits
            case .forbid: forbid |= bits
            }
        }
    }
}
