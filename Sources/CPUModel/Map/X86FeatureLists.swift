extension X86Map {
    /// The names of the features in a set, in map order.
    ///
    /// Like libvirt (cpu_x86.c, `x86DataToCPUFeatures`), this takes a feature when all its bits are in the set, and
    /// uses each bit once: when two features share a bit, the earlier one in the map gets it.
    public func featureNames(in set: FeatureSet) -> [String] {
        var names: [String] = []
        forEachFeature(in: set) { names.append(features[$0].name) }
        return names
    }

    /// The number of names that `featureNames(in:)` returns.
    func featureCount(in set: FeatureSet) -> Int {
        if isInPositionOrder, isOneBitPerFeature { return set.count }
        var count = 0
        forEachFeature(in: set) { _ in count += 1 }
        return count
    }

    /// Whether `featureNames(in:)` returns the name.
    func lists(_ name: String, in set: FeatureSet) -> Bool {
        guard let bits = bits(ofFeature: name), bits.isSubset(of: set) else { return false }
        return isOneBitPerFeature || featureNames(in: set).contains(name)
    }

    /// Whether the model has long mode (`lm`), which a 64-bit guest needs.
    package func isLong(_ model: X86Model) -> Bool {
        bits(ofFeature: "lm").map { $0.isSubset(of: model.features) } ?? false
    }

    /// Calls `body` with the index of each feature in the set.
    private func forEachFeature(in set: FeatureSet, _ body: (Int) -> Void) {
        if isOneBitPerFeature {
            if isInPositionOrder { return set.forEachPosition(body) }
            var indices: [Int] = []
            set.forEachPosition { position in if let index = feature(atPosition: position) { indices.append(index) } }
            return indices.sorted().forEach(body)
        }
        var rest = set
        for (index, mask) in masks.enumerated() where mask.isSubset(of: rest) {
            rest -= mask
            body(index)
        }
    }
}
