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
    /// The bit that each position of a `FeatureSet` stands for. Nil for a position that has none: a feature that this
    /// map knows by name only, or one that only another release's map has.
    private(set) var bits: [CPUDataBit?]
    /// The index in `features` of each position's feature; -1 for a position without one. Nil when some feature has
    /// several bits, or shares one.
    private var featureOfPosition: [Int]?
    /// Every feature has exactly one bit, and no two features share one.
    var isOneBitPerFeature: Bool { featureOfPosition != nil }
    /// Position *n* is the feature *n*, so that the positions of a set are in map order.
    private(set) var isInPositionOrder: Bool

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
        isInPositionOrder = true
        for (index, vendor) in vendors.enumerated() {
            if vendors[..<index].contains(where: { $0.name == vendor.name }) { throw .duplicate("vendor", vendor.name) }
            if vendor.string.utf8.count != 12 { throw .vendorString(vendor.name, vendor.string) }
        }
        masks.reserveCapacity(features.count)
        bits.reserveCapacity(features.count)
        featureIndex.reserveCapacity(features.count)
        var positions: [CPUDataBit: Int] = [:]
        positions.reserveCapacity(features.count)
        var isOneBitPerFeature = true
        for (index, feature) in features.enumerated() {
            if featureIndex.updateValue(index, forKey: feature.name) != nil {
                throw .duplicate("feature", feature.name)
            }
            masks.append(try mask(of: feature, positions: &positions, &isOneBitPerFeature))
        }
        featureOfPosition = isOneBitPerFeature ? Array(features.indices) : nil
        dependencies = DependentFeatures.all(among: bits) { bits(ofFeature: $0) }
    }

    private mutating func mask(
        of feature: X86Feature, positions: inout [CPUDataBit: Int], _ isOneBitPerFeature: inout Bool
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

    /// A map whose features have given positions, so that its sets can be combined with those of another map that
    /// gives the same features the same positions.
    ///
    /// - Parameters:
    ///   - features: the features in this map's order. Each has one bit, which no other has; their names differ.
    ///   - positions: the position of each feature, below `positionCount`.
    init(vendors: [X86Vendor], features: [X86Feature], positions: [Int], positionCount: Int) {
        self.vendors = vendors
        self.features = features
        masks = []
        masks.reserveCapacity(features.count)
        bits = Array(repeating: nil, count: positionCount)
        featureIndex = [:]
        featureIndex.reserveCapacity(features.count)
        var featureOfPosition = Array(repeating: -1, count: positionCount)
        for (index, feature) in features.enumerated() {
            featureIndex[feature.name] = index
            featureOfPosition[positions[index]] = index
            bits[positions[index]] = feature.bits[0]
            var mask = FeatureSet()
            mask.insert(positions[index])
            masks.append(mask)
        }
        isInPositionOrder = positionCount == features.count && positions.elementsEqual(positions.indices)
        self.featureOfPosition = featureOfPosition
        dependencies = DependentFeatures.all(among: bits) { bits(ofFeature: $0) }
    }

    /// The number of positions that this map's sets use.
    var positionCount: Int { bits.count }

    /// The index in `features` of the feature at a position; nil when no feature has it. Only for a map whose features
    /// have one bit each.
    func feature(atPosition position: Int) -> Int? {
        guard let featureOfPosition, position < featureOfPosition.count, featureOfPosition[position] >= 0 else { return nil }
        return featureOfPosition[position]
    }

    /// Adds a feature behind the others. One without bits is known by name only: nothing says which bit of CPU data it
    /// is.
    ///
    /// - Parameter position: the feature's position, which no other feature has.
    mutating func append(_ feature: X86Feature, position: Int) {
        let missing = position + 1 - bits.count
        if missing > 0 {
            bits += Array(repeating: nil, count: missing)
            featureOfPosition? += Array(repeating: -1, count: missing)
        }
        bits[position] = feature.bits.first
        featureOfPosition?[position] = features.count
        isInPositionOrder = isInPositionOrder && position == features.count
        featureIndex[feature.name] = features.count
        var mask = FeatureSet()
        mask.insert(position)
        masks.append(mask)
        features.append(feature)
    }

    /// The position of a feature that has one bit; nil for other features and unknown names.
    func position(ofFeature name: String) -> Int? {
        guard let index = featureIndex[name] else { return nil }
        return featureOfPosition?.firstIndex(of: index)
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
