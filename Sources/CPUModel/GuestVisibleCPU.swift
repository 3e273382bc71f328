/// What software in a guest can tell of its CPU, as far as it follows from `<cpu>`. Windows looks at these when it
/// asks itself whether it still runs on the same computer.
public struct GuestVisibleCPU: Sendable, Equatable {
    public var model: String
    /// Nil when QEMU's model of the name is not recorded; then it follows the model's name all the same.
    public var brand: String?
    /// CPUID's 12 characters; nil under KVM without `vendor_id`, where it is the host's vendor.
    public var vendor: String?
    /// Nil when QEMU's model of the name is not recorded.
    public var signature: CPUSignature?
    public var features: FeatureSet

    public init(
        model: String, brand: String?, vendor: String?, signature: CPUSignature?, features: FeatureSet
    ) {
        self.model = model
        self.brand = brand
        self.vendor = vendor
        self.signature = signature
        self.features = features
    }
}

/// How one guest-visible CPU differs from another. Features are named in map order.
public struct GuestVisibleDifference: Sendable, Equatable {
    public struct Change<Value: Sendable & Equatable>: Sendable, Equatable {
        public var old: Value
        public var new: Value

        public init(old: Value, new: Value) {
            self.old = old
            self.new = new
        }
    }

    public var gained: [String]
    public var lost: [String]
    /// The processor's name; where it is not recorded, the name of the model that it follows.
    public var brand: Change<String>?
    /// Nil inside a change is the host's own.
    public var vendor: Change<String?>?
    public var signature: Change<CPUSignature?>?

    public var isEmpty: Bool {
        gained.isEmpty && lost.isEmpty && brand == nil && vendor == nil && signature == nil
    }
}

extension CPUMap {
    /// What the guest sees: QEMU's model of the name with the features that libvirt switches on and off. Models that
    /// QEMU's record does not have are taken as the map has them.
    ///
    /// - Parameters:
    ///   - host: what the host has, for `optional` features; without it they are taken as absent.
    /// - Returns: nil for a CPU that follows the host (host-model, host-passthrough, maximum, `match='minimum'`) or
    ///   names no model: the definition alone does not say.
    /// - Throws: `CPUModelError` for an unknown model or feature.
    public func guestVisibleCPU(
        of cpu: CPUDefinition, under accelerator: Accelerator, on host: FeatureSet? = nil,
        qemu: QEMUModels = .builtIn
    ) throws(CPUModelError) -> GuestVisibleCPU? {
        guard cpu.mode == .custom, cpu.match != .minimum, let name = cpu.model else { return nil }
        guard let model = x86.model(named: name) else { throw .unknownModel(name) }
        let actual = qemu.model(named: name)
        // What has been added to the model in QEMU is there; what was removed libvirt disables unless it is mentioned.
        var features = x86.recordedFeatures(of: model, in: qemu, under: accelerator)
            | x86.bits(ofFeatures: model.addedFeatures) - x86.bits(ofFeatures: model.removedFeatures)
        for feature in cpu.features {
            let bits = try x86.knownBits(feature.name)
            switch feature.policy {
            case .force, .require: features |= bits
            case .disable, .forbid: features -= bits
            case .optional: features = features - bits | bits & (host ?? FeatureSet())
            }
        }
        features = x86.withoutOrphans(features)
        let emulated = actual?.vendor ?? model.vendor.flatMap { x86.vendor(named: $0)?.string }
        return GuestVisibleCPU(
            model: name, brand: actual?.brand, vendor: cpu.vendorID ?? (accelerator == .tcg ? emulated : nil),
            signature: actual?.signature, features: features)
    }

    /// What software in the guest can tell apart.
    public func difference(from old: GuestVisibleCPU, to new: GuestVisibleCPU) -> GuestVisibleDifference {
        var difference = GuestVisibleDifference(
            gained: x86.featureNames(in: new.features - old.features),
            lost: x86.featureNames(in: old.features - new.features))
        if let (before, after) = brands(old, new), before != after { difference.brand = .init(old: before, new: after) }
        if old.vendor != new.vendor { difference.vendor = .init(old: old.vendor, new: new.vendor) }
        if old.signature != new.signature { difference.signature = .init(old: old.signature, new: new.signature) }
        return difference
    }

    /// Brand strings, or models' names where one of the strings is not known; `Haswell` and `Haswell-v1` are one.
    private func brands(_ old: GuestVisibleCPU, _ new: GuestVisibleCPU) -> (String, String)? {
        if let before = old.brand, let after = new.brand { return (before, after) }
        if x86.canonicalName(of: old.model) == x86.canonicalName(of: new.model) { return nil }
        return (old.brand ?? old.model, new.brand ?? new.model)
    }
}

