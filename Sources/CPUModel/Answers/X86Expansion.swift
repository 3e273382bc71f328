extension X86Map {
    /// Every feature of a CPU: the features of its model, then its own, applied in their order. `require` and `force`
    /// add a feature, `disable` and `forbid` remove it, and `optional` adds it if `host` has it.
    ///
    /// - Parameters:
    ///   - cpu: the CPU of a host or a guest.
    ///   - host: the features of the host; nil when there is none, and then no `optional` feature is added.
    /// - Throws: `CPUModelError` for an unknown model or feature. Like libvirt (cpu_x86.c, `x86ModelFromCPU`), this
    ///   does not look at `optional` features when there is no host.
    public func expand(_ cpu: CPUDefinition, on host: FeatureSet? = nil) throws(CPUModelError) -> FeatureSet {
        var set = try modelFeatures(of: cpu)
        for feature in cpu.features {
            switch cpu.kind == .host ? .require : feature.policy {
            case .require, .force: set |= try knownBits(feature.name)
            case .disable, .forbid: set -= try knownBits(feature.name)
            case .optional:
                if let host { set |= try knownBits(feature.name) & host }
            }
        }
        return set
    }

    /// The CPU with every feature listed, as libvirt writes it for `VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES`
    /// (cpu_x86.c, `virCPUx86ExpandFeatures`): the features of the model (as required), the features that the CPU
    /// requires or disables, and the features removed from the model (as disabled). All are sorted by name.
    ///
    /// - Throws: `CPUModelError` when the CPU has no model or an unknown one.
    public func listingAllFeatures(of cpu: CPUDefinition) throws(CPUModelError) -> CPUDefinition {
        guard let name = cpu.model else { throw .noModel }
        guard let model = model(named: name) else { throw .unknownModel(name) }
        if model.isKnownByNameOnly { throw .modelKnownByNameOnly(name) }
        var policies: [String: CPUDefinition.Policy] = [:]
        for feature in featureNames(in: model.features) { policies[feature] = .require }
        for feature in cpu.features where cpu.kind == .host || [.require, .disable].contains(feature.policy) {
            policies[feature.name] = feature.policy
        }
        if cpu.kind == .guest {
            for feature in model.removedFeatures where policies[feature] == nil { policies[feature] = .disable }
        }
        var expanded = cpu
        expanded.features = policies.map { CPUDefinition.Feature($0.key, $0.value) }
            .sorted { $0.name < $1.name }
        return expanded
    }

    /// The features of the CPU's model; none when the CPU has no model.
    ///
    /// - Throws: `CPUModelError.unknownModel`, or `.modelKnownByNameOnly`.
    func modelFeatures(of cpu: CPUDefinition) throws(CPUModelError) -> FeatureSet {
        guard let name = cpu.model else { return FeatureSet() }
        guard let model = model(named: name) else { throw .unknownModel(name) }
        if model.isKnownByNameOnly { throw .modelKnownByNameOnly(name) }
        return model.features
    }

    /// The bits of a feature.
    ///
    /// - Throws: `CPUModelError.unknownFeature`.
    func knownBits(_ feature: String) throws(CPUModelError) -> FeatureSet {
        guard let bits = bits(ofFeature: feature) else { throw .unknownFeature(feature) }
        return bits
    }
}
