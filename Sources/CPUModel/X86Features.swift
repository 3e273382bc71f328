extension X86Map {
    /// The features in a set, in map order. As libvirt does it, a feature whose bits are all there is taken, and its
    /// bits are used up: where two features share bits, the earlier one has them.
    public func featureNames(in set: FeatureSet) -> [String] {
        var names: [String] = []
        forEachFeature(in: set) { names.append(features[$0].name) }
        return names
    }

    /// How many names `featureNames(in:)` gives.
    func featureCount(in set: FeatureSet) -> Int {
        if isOneBitPerFeature { return set.count }
        var count = 0
        forEachFeature(in: set) { _ in count += 1 }
        return count
    }

    private func forEachFeature(in set: FeatureSet, _ body: (Int) -> Void) {
        if isOneBitPerFeature { return set.forEachPosition(body) }
        var rest = set
        for (index, mask) in masks.enumerated() where mask.isSubset(of: rest) {
            rest -= mask
            body(index)
        }
    }

    /// The bits of CPU data that features are made of.
    public func features(of data: CPUIDData) -> FeatureSet {
        var set = FeatureSet()
        for (position, bit) in bits.enumerated() where data[bit.address] >> UInt32(bit.bit) & 1 != 0 {
            set.insert(position)
        }
        return set
    }

    /// The vendor that CPUID leaf 0 names. As in libvirt, the first one whose bits are all set.
    public func vendor(of data: CPUIDData) -> X86Vendor? {
        let registers: [CPUIDRegister] = [.ebx, .edx, .ecx]
        return vendors.first { vendor in
            let characters = Array(vendor.string.utf8)
            return registers.indices.allSatisfy { index in
                let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(characters[index * 4 + $1]) << UInt32($1 * 8) }
                return data[0, 0, registers[index]] & word == word
            }
        }
    }
}
