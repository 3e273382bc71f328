extension X86Map {
    /// The bits that are set in CPU data, as far as the map's features use them.
    public func features(of data: CPUIDData) -> FeatureSet {
        var set = FeatureSet()
        for (position, bit) in bits.enumerated() {
            if let bit, data[bit.address] >> UInt32(bit.bit) & 1 != 0 { set.insert(position) }
        }
        return set
    }

    /// The vendor that CPUID leaf 0 names; nil when the map does not have it.
    ///
    /// Like libvirt (cpu_x86.c, `x86DataToVendor`), this takes the first vendor for which leaf 0 has every bit set that
    /// the vendor's string has set. Leaf 0 may have further bits set.
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
