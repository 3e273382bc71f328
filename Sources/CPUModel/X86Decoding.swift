/// A model that a hypervisor lists, usable or not.
public struct ListedModel: Sendable, Equatable {
    public var name: String
    /// Features that the hypervisor says keep the model from being used here, by libvirt's names; others are ignored.
    public var blockers: [String]

    public init(name: String, blockers: [String] = []) {
        self.name = name
        self.blockers = blockers
    }
}

extension X86Map {
    /// The model nearest to what a processor says of itself, with the features that make the difference.
    ///
    /// As a host, a model must be complete, and the features listed are those that the processor has beyond it. As a
    /// guest, what the processor lacks of the model is listed as disabled, and so is what QEMU has removed from it.
    ///
    /// - Parameters:
    ///   - listed: the models that the hypervisor has, where that is known; no other is a candidate.
    ///   - preferred: models to take in preference. A single one is taken whatever the cost.
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

    /// The same from a set of features, which may have no signature.
    public func decode(
        _ set: FeatureSet, vendor: String?, signature: CPUSignature?, as kind: CPUDefinition.Kind,
        among listed: [ListedModel]? = nil, preferring preferred: [String] = []
    ) throws(CPUModelError) -> CPUDefinition {
        var blockers: [String: [String]]?
        if let listed {
            blockers = Dictionary(listed.map { ($0.name, $0.blockers) }, uniquingKeysWith: { first, _ in first })
        }
        var best: Candidate?
        // The map lists older models first: of equals, the newer is seen first and stays.
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
    ) -> Candidate {
        let extra = set - model.features
        var missing = model.features - set
        // The hypervisor's model of the name may have more than the map's, and not be able to give it.
        for blocker in blockers {
            if let bits = bits(ofFeature: blocker), !bits.isSubset(of: extra) { missing |= bits }
        }
        var removed: [String] = []
        if kind == .guest {
            removed = model.removedFeatures.filter { !lists($0, in: extra) && !lists($0, in: missing) }
        }
        return Candidate(
            model: model, extra: extra, missing: missing, removed: removed, extraCount: featureCount(in: extra),
            disableCount: featureCount(in: missing) + removed.count)
    }

    /// Whether `featureNames(in:)` has the name.
    private func lists(_ name: String, in set: FeatureSet) -> Bool {
        guard let bits = bits(ofFeature: name), bits.isSubset(of: set) else { return false }
        return isOneBitPerFeature || featureNames(in: set).contains(name)
    }

    private func features(of candidate: Candidate) -> [CPUDefinition.Feature] {
        featureNames(in: candidate.extra).map { CPUDefinition.Feature($0, .require) }
            + (featureNames(in: candidate.missing) + candidate.removed).map { CPUDefinition.Feature($0, .disable) }
    }
}

/// A model, and what it would take to describe the data by it.
struct Candidate {
    var model: X86Model
    var extra: FeatureSet
    var missing: FeatureSet
    /// Removed from the model and mentioned nowhere else.
    var removed: [String]
    var extraCount: Int
    var disableCount: Int

    /// libvirt's penalty for disabled features: 2, 3, 4, … for the first half of them, rounded up.
    var disableCost: Int {
        let half = (disableCount + 1) / 2
        return half * (half + 3) / 2
    }

    /// The second half of the disabled features costs one each, as extra ones do.
    var cost: Int { extraCount + disableCost + disableCount / 2 }

    func isBetter(than other: Candidate?, signature: CPUSignature?, isPreferred: Bool) -> Bool {
        guard let other else { return true }
        if let signature {
            let matches = model.matches(signature)
            if matches != other.model.matches(signature) { return matches }
        }
        if cost < other.cost { return true }
        return disableCost < other.disableCost && (cost == other.cost || isPreferred)
    }
}

extension CPUSignature {
    /// Haswell processors before Haswell-EX had TSX switched off by microcode, and say so only sometimes (Intel
    /// erratum HSD136): family 6 models 60, 69, 70 and 63 before stepping 4.
    var hasBrokenTSX: Bool {
        family == 6 && ([60, 69, 70].contains(model) || model == 63 && stepping < 4)
    }
}
