/// The x86 part of a CPU map.
///
/// Looking up a feature or a model by its name takes constant time.
public struct X86Map: Sendable, Equatable {
    /// The vendors, in the map's order.
    public private(set) var vendors: [X86Vendor]
    /// The features, in the map's order ("map order").
    public private(set) var features: [X86Feature]
    /// The models, in the map's order, which lists older models before newer ones of the same vendor.
    public private(set) var models: [X86Model] = []

    /// `masks[i]` holds the bits of `features[i]`.
    private(set) var masks: [FeatureSet]
    /// The bit that each position of a `FeatureSet` stands for.
    private(set) var bits: [CPUDataBit]
    /// Every feature has exactly one bit, and no two features share one. A position is then the index of a feature.
    private(set) var isOneBitPerFeature: Bool

    /// The features that QEMU clears when another feature is absent.
    private(set) var dependencies: [DependentFeatures] = []

    private var featureIndex: [String: Int]
    private var modelIndex: [String: Int] = [:]

    /// A map without models; `append(_:)` adds them.
    ///
    /// - Throws: `CPUMapContentError` for a name that is given twice, a vendor string that is not 12 bytes long, a
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
        dependencies = DependentFeatures.all(among: bits) { bits(ofFeature: $0) }
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

    /// Adds a model after the others.
    ///
    /// - Throws: `CPUMapContentError` when the map already has a model of that name.
    public mutating func append(_ model: X86Model) throws(CPUMapContentError) {
        if modelIndex.updateValue(models.count, forKey: model.name) != nil { throw .duplicate("model", model.name) }
        models.append(model)
    }

    /// The vendor with the name; nil when the map does not have it.
    public func vendor(named name: String) -> X86Vendor? { vendors.first { $0.name == name } }

    /// The model with the name; nil when the map does not have it.
    public func model(named name: String) -> X86Model? { modelIndex[name].map { models[$0] } }

    /// The feature with the name; nil when the map does not have it. Aliases are not names.
    public func feature(named name: String) -> X86Feature? { featureIndex[name].map { features[$0] } }

    /// The bits of a feature; nil when the map does not have it.
    public func bits(ofFeature name: String) -> FeatureSet? { featureIndex[name].map { masks[$0] } }

    /// The bits of several features. Names that the map does not have are ignored.
    public func bits(ofFeatures names: some Sequence<String>) -> FeatureSet {
        names.reduce(into: FeatureSet()) { set, name in
            if let index = featureIndex[name] { set |= masks[index] }
        }
    }
}
