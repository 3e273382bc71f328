/// The registers that CPUID fills.
public enum CPUIDRegister: UInt8, Sendable, Hashable, CaseIterable {
    case eax, ebx, ecx, edx
}

/// Where a 32-bit word of CPU data stands.
public enum CPUDataAddress: Sendable, Hashable {
    /// What CPUID leaves in `register` when called with EAX = `leaf` and ECX = `subleaf`.
    case cpuid(leaf: UInt32, subleaf: UInt32, register: CPUIDRegister)
    /// The lower (`eax`) or upper (`edx`) half of a model-specific register, as RDMSR returns it.
    case msr(index: UInt32, register: CPUIDRegister)
}

/// One bit of CPU data.
public struct CPUDataBit: Sendable, Hashable {
    public var address: CPUDataAddress
    /// 0 is the lowest of 32.
    public var bit: UInt8

    public init(address: CPUDataAddress, bit: UInt8) {
        self.address = address
        self.bit = bit
    }
}

/// What a processor says of itself: CPUID leaves and model-specific registers.
public struct CPUIDData: Sendable, Equatable {
    /// 32-bit words by where they stand; an absent one is zero.
    public private(set) var words: [CPUDataAddress: UInt32] = [:]

    public init() {}

    public subscript(address: CPUDataAddress) -> UInt32 { words[address] ?? 0 }

    public subscript(leaf: UInt32, subleaf: UInt32, register: CPUIDRegister) -> UInt32 {
        self[.cpuid(leaf: leaf, subleaf: subleaf, register: register)]
    }

    /// Adds bits to a word; those already there stay, as when libvirt reads a leaf twice.
    public mutating func add(_ value: UInt32, at address: CPUDataAddress) {
        if value != 0 { words[address, default: 0] |= value }
    }

    /// Adds one CPUID result.
    public mutating func addLeaf(
        _ leaf: UInt32, subleaf: UInt32, eax: UInt32, ebx: UInt32, ecx: UInt32, edx: UInt32
    ) {
        for (register, value) in zip(CPUIDRegister.allCases, [eax, ebx, ecx, edx]) {
            add(value, at: .cpuid(leaf: leaf, subleaf: subleaf, register: register))
        }
    }

    /// Leaf 1 EAX without its reserved bits (Intel SDM, CPUID, figure "Version Information"); nil when the data has
    /// no such leaf or it says nothing.
    public var signature: CPUSignature? {
        let eax = self[1, 0, .eax] & 0x0fff_3fff
        return eax == 0 ? nil : CPUSignature(eax: eax)
    }
}

/// Family, model and stepping of a processor.
public struct CPUSignature: Sendable, Hashable, CustomStringConvertible {
    public var family: Int
    public var model: Int
    public var stepping: Int

    public init(family: Int, model: Int, stepping: Int) {
        self.family = family
        self.model = model
        self.stepping = stepping
    }

    /// From CPUID leaf 1 EAX, extended family and model added in whatever the family, as libvirt does.
    public init(eax: UInt32) {
        family = Int((eax >> 20 & 0xff) + (eax >> 8 & 0xf))
        model = Int((eax >> 12 & 0xf0) + (eax >> 4 & 0xf))
        stepping = Int(eax & 0xf)
    }

    public var description: String { "family \(family), model \(model), stepping \(stepping)" }
}
