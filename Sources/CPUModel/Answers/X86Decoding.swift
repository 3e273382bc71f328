extension X86Map {
    /// The model nearest to what a processor reports, with the features by which the two differ.
    ///
    /// For a host, a model is considered only if the processor has all of its features. The further features of the
    /// processor are listed. For a guest, the result also lists, as disabled, the features of the model that the
    /// processor lacks and the features that QEMU has removed from the model.
    ///
    /// - Parameters:
    ///   - data: CPUID leaves and model-specific registers.
    ///   - kind: whether to describe a host or a guest.
    ///   - listed: the models that the hypervisor lists, one of which the result has; nil allows all models.
    ///   - preferred: names of models to prefer. If there is only one name, its model is taken whatever its cost.
    /// - Throws: `CPUModelError.noSuitableModel`.
    public func decode(
        _ data: CPUIDData, as kind: CPUDefinition.Kind, among listed: [ListedModel]? = nil,
        preferring preferred: [String] = []
    ) throws(CPUModelError) -> CPUDefinition {
        let vendor = vendor(of: data)
        var set = features(of: data)
        if vendor?.name == "Intel", CPUSignature(eax: data[1, 0, .eax]).hasBrokenTSX {
            set -= bits(ofFeatures: ["hle", "rtm"])
        }
        var cpu = try decode(
            set, vendor: vendor?.name, signature: data.signature, as: kind, among: listed, preferring: preferred)
        if kind == .host { cpu.architecture = "x86_64" }
        return cpu
    }

    /// The model nearest to a set of features, with the features by which the two differ.
    ///
    /// - Parameters:
    ///   - set: the features to describe.
    ///   - vendor: the map's name of the vendor. Models of other vendors are not considered. Nil allows all.
    ///   - signature: if it is known, models that match it are taken before others.
    ///   - kind: whether to describe a host or a guest.
    ///   - listed: the models that the hypervisor lists, one of which the result has; nil allows all models.
    ///   - preferred: names of models to prefer. If there is only one name, its model is taken whatever its cost.
    /// - Throws: `CPUModelError.noSuitableModel`.
    public func decode(
        _ set: FeatureSet, vendor: String?, signature: CPUSignature?, as kind: CPUDefinition.Kind,
        among listed: [ListedModel]? = nil, preferring preferred: [String] = []
    ) throws(CPUModelError) -> CPUDefinition {
        var blockers: [String: [String]]?
        if let listed {
            blockers = Dictionary(listed.map { ($0.name, $0.blockers) }, uniquingKeysWith: { first, _ in first })
        }
        var best: DecodingCandidate?
        // The map lists older models first. The loop is reversed, so that the newer of two equal candidates is kept.
        for model in models.reversed() {
            guard kind == .host ? model.decodesHost : model.decodesGuest else { continue }
            if let vendor, let other = model.vendor, vendor != other { continue }
            if let blockers, blockers[model.name] == nil { continue }
            let candidate = candidate(model, for: set, as: kind, blockers: blockers?[model.name] ?? [])
            if kind == .host && candidate.disableCount > 0 { continue }
            let isPreferred = preferred.contains(model.name)
            if isPreferred && preferred.count == 1 {
                best = candidate
                break
            }
            if candidate.isBetter(than: best, signature: signature, isPreferred: isPreferred) { best = candidate }
        }
        guard let best else { throw .noSuitableModel }
        return CPUDefinition(
            kind: kind, model: best.model.name, vendor: vendor, signature: kind == .host ? signature : nil,
            features: features(of: best))
    }

    private func candidate(
        _ model: X86Model, for set: FeatureSet, as kind: CPUDefinition.Kind, blockers: [String]
    ) -> DecodingCandidate {
        let extra = set - model.features
        var missing = model.features - set
        // The hypervisor's model of the same name may have features that the map's model lacks and that the hypervisor
        // cannot provide.
        for blocker in blockers {
            if let bits = bits(ofFeature: blocker), !bits.isSubset(of: extra) { missing |= bits }
        }
        var removed: [String] = []
        if kind == .guest {
            removed = model.removedFeatures.filter { !lists($0, in: extra) && !lists($0, in: missing) }
        }
        return DecodingCandidate(
            model: model, extra: extra, missing: missing, removed: removed, extraCount: featureCount(in: extra),
            disableCount: featureCount(in: missing) + removed.count)
    }

    private func features(of candidate: DecodingCandidate) -> [CPUDefinition.Feature] {
        featureNames(in: candidate.extra).map { CPUDefinition.Feature($0, .require) }
            + (featureNames(in: candidate.missing) + candidate.removed).map { CPUDefinition.Feature($0, .disable) }
    }
}

extension CPUSignature {
    /// The processor has broken TSX: Haswell before Haswell-EX (family 6, models 60, 69, 70, and 63 before stepping 4).
    /// Microcode switches TSX off on these, but CPUID does not always show that (Intel erratum HSD136).
    fileprivate var hasBrokenTSX: Bool {
        family == 6 && ([60, 69, 70].contains(model) || model == 63 && stepping < 4)
    }
}
