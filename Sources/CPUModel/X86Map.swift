/// A feature of x86 CPUs, by libvirt's name.
public struct X86Feature: Sendable, Equatable {
    /// A name that other software uses for the feature. libvirt ignores these when it compares: `sse4_1` is unknown
    /// to it. They serve spelling help.
    public struct Alias: Sendable, Equatable {
        public var name: String
        /// `qemu` or `linux`.
        public var source: String

        public init(name: String, source: String) {
            self.name = name
            self.source = source
        }
    }

    public var name: String
    /// The CPU has the feature when it has all of these bits.
    public var bits: [CPUDataBit]
    /// False where the map says `migratable='no'` (`invtsc`, `xsaves`).
    public var isMigratable: Bool
    public var aliases: [Alias]

    public init(name: String, bits: [CPUDataBit], isMigratable: Bool, aliases: [Alias]) {
        self.name = name
        self.bits = bits
        self.isMigratable = isMigratable
        self.aliases = aliases
    }
}

/// A maker of x86 CPUs.
public struct X86Vendor: Sendable, Equatable {
    public var name: String
    /// The 12 characters of CPUID leaf 0 (EBX, EDX, ECX).
    public var string: String

    public init(name: String, string: String) {
        self.name = name
        self.string = string
    }
}

/// The signatures that the real processors of a model have.
public struct SignaturePattern: Sendable, Equatable {
    public var family: Int
    public var model: Int
    /// Bit *n* set: stepping *n*. All 16 when the map names none.
    public var steppings: UInt16

    public init(family: Int, model: Int, steppings: UInt16 = .max) {
        self.family = family
        self.model = model
        self.steppings = steppings
    }

    public func matches(_ signature: CPUSignature) -> Bool {
        family == signature.family && model == signature.model && steppings >> UInt16(signature.stepping) & 1 != 0
    }
}

/// A named set of features.
public struct X86Model: Sendable, Equatable {
    public var name: String
    /// Name of the vendor; nil for models of no one in particular (`qemu64`).
    public var vendor: String?
    public var signatures: [SignaturePattern]
    /// What the model consists of: the ancestor's features and its own, without the removed and the added.
    public var features: FeatureSet
    /// May describe a host's CPU.
    public var decodesHost: Bool
    /// May describe a guest's CPU.
    public var decodesGuest: Bool
    /// The map's `<check partial='compat'/>`: libvirt compares by the map before it starts a guest with this model;
    /// without it, the hypervisor's own word on the model counts (libvirt, qemu_domain.c, `qemuDomainCheckCPU`).
    public var comparesByMap: Bool
    /// The model that this one starts from; `features`, `vendor` and `signatures` already have its part.
    public var ancestor: String?
    /// Features that QEMU has dropped from the model, in the model's order: listed as disabled when libvirt writes a
    /// guest CPU out. Not inherited.
    public var removedFeatures: [String]
    /// Features that QEMU has added to the model since: their difference is excused under `check='full'`. Not
    /// inherited.
    public var addedFeatures: [String]
    /// The heading that the map's index has the model under.
    public var group: String?

    public init(
        name: String, vendor: String? = nil, signatures: [SignaturePattern] = [], features: FeatureSet = FeatureSet(),
        decodesHost: Bool = true, decodesGuest: Bool = true, comparesByMap: Bool = false, ancestor: String? = nil,
        removedFeatures: [String] = [], addedFeatures: [String] = [], group: String? = nil
    ) {
        self.name = name
        self.vendor = vendor
        self.signatures = signatures
        self.features = features
        self.decodesHost = decodesHost
        self.decodesGuest = decodesGuest
        self.comparesByMap = comparesByMap
        self.ancestor = ancestor
        self.removedFeatures = removedFeatures
        self.addedFeatures = addedFeatures
        self.group = group
    }

    public func matches(_ signature: CPUSignature) -> Bool { signatures.contains { $0.matches(signature) } }
}

/// The x86 part of a CPU map: vendors, features and models, each in the map's order.
public struct X86Map: Sendable, Equatable {
    public private(set) var vendors: [X86Vendor]
    public private(set) var features: [X86Feature]
    public private(set) var models: [X86Model] = []

    /// `masks[i]`: the bits of `features[i]`.
    private(set) var masks: [FeatureSet]
    /// The bit behind each position of a `FeatureSet`.
    private(set) var bits: [CPUDataBit]
    /// No two features share a bit and none has two: a position is the index of a feature.
    private(set) var isOneBitPerFeature: Bool

    /// What QEMU clears with what.
    private(set) var families: [Family] = []

    private var featureIndex: [String: Int]
    private var modelIndex: [String: Int] = [:]

    /// A map without models yet.
    ///
    /// - Throws: `CPUMapContentError` for a name given twice, a vendor string that is not 12 ASCII characters, a
    ///   feature without bits, or more bits than a `FeatureSet` holds.
    public init(vendors: [X86Vendor], features: [X86Feature]) throws(CPUMapContentError) {
        self.vendors = vendors
        self.features = features
        masks = []
        bits = []
        featureIndex = [:]
        isOneBitPerFeature = true
        for (index, vendor) in vendors.enumerated() {
            if vendors[..<index].contains(where: { $0.name == vendor.name }) { throw .duplicate("vendor", vendor.name) }
            if vendor.string.utf8.count != 12 { throw .vendorString(vendor.name, vendor.string) }
        }
        masks.reserveCapacity(features.count)
        bits.reserveCapacity(features.count)
        featureIndex.reserveCapacity(features.count)
        var positions: [CPUDataBit: Int] = [:]
        positions.reserveCapacity(features.count)
        for (index, feature) in features.enumerated() {
            if featureIndex.updateValue(index, forKey: feature.name) != nil {
                throw .duplicate("feature", feature.name)
            }
            masks.append(try mask(of: feature, positions: &positions))
        }
        families = foundFamilies()
    }

    private mutating func mask(
        of feature: X86Feature, positions: inout [CPUDataBit: Int]
    ) throws(CPUMapContentError) -> FeatureSet {
        if feature.bits.isEmpty { throw .featureWithoutBits(feature.name) }
        if feature.bits.count > 1 { isOneBitPerFeature = false }
        var mask = FeatureSet()
        for bit in feature.bits {
            if let position = positions[bit] {
                isOneBitPerFeature = false
                mask.insert(position)
                continue
            }
            let position = bits.count
            if position == FeatureSet.capacity { throw .tooManyBits(feature.name, FeatureSet.capacity) }
            positions[bit] = position
            bits.append(bit)
            mask.insert(position)
        }
        return mask
    }

    /// Adds a model behind those already there.
    public mutating func append(_ model: X86Model) throws(CPUMapContentError) {
        if modelIndex.updateValue(models.count, forKey: model.name) != nil { throw .duplicate("model", model.name) }
        models.append(model)
    }

    public func vendor(named name: String) -> X86Vendor? { vendors.first { $0.name == name } }

    public func model(named name: String) -> X86Model? { modelIndex[name].map { models[$0] } }

    public func feature(named name: String) -> X86Feature? { featureIndex[name].map { features[$0] } }

    /// The bits of a feature; nil for a name that the map does not have.
    public func bits(ofFeature name: String) -> FeatureSet? { featureIndex[name].map { masks[$0] } }

    /// The bits of features; unknown names are left out.
    public func bits(ofFeatures names: some Sequence<String>) -> FeatureSet {
        names.reduce(into: FeatureSet()) { set, name in
            if let index = featureIndex[name] { set |= masks[index] }
        }
    }
}

/// Why something is not a CPU map.
public enum CPUMapContentError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Kind (`feature`) and name.
    case duplicate(String, String)
    /// Vendor and its string.
    case vendorString(String, String)
    case featureWithoutBits(String)
    /// Feature, and how many bits there may be.
    case tooManyBits(String, Int)

    /// The vendor, feature or model at fault.
    public var name: String {
        switch self {
        case .duplicate(_, let name), .vendorString(let name, _): name
        case .featureWithoutBits(let name), .tooManyBits(let name, _): name
        }
    }

    public var description: String {
        switch self {
        case .duplicate(let kind, let name): "CPU \(kind) '\(name)' is defined twice"
        case .vendorString(let name, let string): "CPU vendor '\(name)': '\(string)' is not 12 characters long"
        case .featureWithoutBits(let name): "CPU feature '\(name)' has neither CPUID nor MSR bits"
        case .tooManyBits(let name, let limit): "CPU feature '\(name)' is beyond the \(limit) bits that a map may use"
        }
    }
}
