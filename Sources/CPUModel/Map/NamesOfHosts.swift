/// Names that no CPU map here has, but that hosts vouch for: their libvirt or QEMU is newer than this program.
public struct NamesOfHosts: Sendable, Equatable {
    /// The names of features, in the order in which they were found.
    public private(set) var features: [String] = []
    /// The names of models, in the order in which they were found.
    public private(set) var models: [String] = []
    /// There were more names than there is room for; the others are not taken.
    public private(set) var isTruncated = false
    private var seen: Set<String> = []

    /// The most models: more than all libvirts and QEMUs together have.
    private static let mostModels = 4096

    /// No names.
    public init() {}

    /// No host has a name that the maps lack.
    public var isEmpty: Bool { features.isEmpty && models.isEmpty }

    /// Adds the names of the features of a host's CPU that the map does not have.
    public mutating func add(featuresOf cpu: CPUDefinition, unknownTo x86: X86Map) {
        for feature in cpu.features { add(feature: feature.name, unknownTo: x86) }
    }

    /// Adds the name of a model that a hypervisor lists, if the map does not have it.
    public mutating func add(model name: String, unknownTo x86: X86Map) {
        guard x86.model(named: name) == nil, !seen.contains("m" + name) else { return }
        guard models.count < Self.mostModels else { return isTruncated = true }
        seen.insert("m" + name)
        models.append(name)
    }

    /// Adds the name of a feature, if the map does not have it. A map has room for a limited number of features; names
    /// that find none are left out.
    public mutating func add(feature name: String, unknownTo x86: X86Map) {
        guard x86.feature(named: name) == nil, !seen.contains("f" + name) else { return }
        guard x86.positionCount + features.count < FeatureSet.capacity else { return isTruncated = true }
        seen.insert("f" + name)
        features.append(name)
    }
}

extension CPUMap {
    /// This map with its features at the positions that they have in another map, so that the sets of both can be
    /// combined. Nil if the other map lacks one of the features, or if a feature of one of the maps has several bits.
    public func aligned(with base: CPUMap) -> CPUMap? {
        guard x86.isOneBitPerFeature else { return nil }
        var positions: [Int] = []
        for feature in x86.features {
            guard let position = base.x86.position(ofFeature: feature.name) else { return nil }
            positions.append(position)
        }
        var aligned = X86Map(
            vendors: x86.vendors, features: x86.features, positions: positions, positionCount: base.x86.positionCount)
        for model in x86.models {
            var model = model
            model.features = aligned.bits(ofFeatures: x86.featureNames(in: model.features))
            try! aligned.append(model)
        }
        return CPUMap(libvirtVersion: libvirtVersion, x86: aligned, ppc64: ppc64, arm: arm)
    }

    /// The map with names that hosts vouch for. What a newer map says about a name is taken from there. The other names
    /// become features that stand for no bit of CPU data, and models whose features are not known.
    ///
    /// - Parameters:
    ///   - names: the names that hosts have.
    ///   - newest: the map whose sets are combined with this one's; the names get the same positions in both.
    public func adding(_ names: NamesOfHosts, besides newest: CPUMap) -> CPUMap {
        var extended = x86
        var position = newest.x86.positionCount
        for name in names.features where x86.feature(named: name) == nil {
            if let feature = newest.x86.feature(named: name), let place = newest.x86.position(ofFeature: name) {
                extended.append(feature, position: place)
            } else {
                extended.append(X86Feature(name: name, bits: [], isMigratable: true, aliases: []), position: position)
                position += 1
            }
        }
        for name in names.models where x86.model(named: name) == nil {
            try! extended.append(newest.x86.model(named: name) ?? X86Model(nameOnly: name))
        }
        return CPUMap(libvirtVersion: libvirtVersion, x86: extended, ppc64: ppc64, arm: arm)
    }
}
