/// What a processor reports about itself: CPUID leaves and model-specific registers.
public struct CPUIDData: Sendable, Equatable {
    /// 32-bit words by their place. A word that is absent is zero.
    public private(set) var words: [CPUDataAddress: UInt32] = [:]

    /// Data in which every word is zero.
    public init() {}

    /// The word at a place; 0 when it was not read.
    public subscript(address: CPUDataAddress) -> UInt32 { words[address] ?? 0 }

    /// The word that CPUID returns in `register` for a leaf and subleaf; 0 when it was not read.
    public subscript(leaf: UInt32, subleaf: UInt32, register: CPUIDRegister) -> UInt32 {
        self[.cpuid(leaf: leaf, subleaf: subleaf, register: register)]
    }

    /// Sets the bits of `value` in a word. Bits that are set already stay set. libvirt does the same if it
    /// reads a leaf twice.
    public mutating func add(_ value: UInt32, at address: CPUDataAddress) {
        if value != 0 { words[address, default: 0] |= value }
    }

    /// Adds the four registers that CPUID fills for one leaf and subleaf.
    public mutating func addLeaf(
        _ leaf: UInt32, subleaf: UInt32, eax: UInt32, ebx: UInt32, ecx: UInt32, edx: UInt32
    ) {
        for (register, value) in zip(CPUIDRegister.allCases, [eax, ebx, ecx, edx]) {
            add(value, at: .cpuid(leaf: leaf, subleaf: subleaf, register: register))
        }
    }

    /// Family, model and stepping from EAX of leaf 1, without its reserved bits (Intel SDM volume 2A, CPUID, figure
    /// "Version Information Returned by CPUID in EAX"). Nil when that word is absent or zero.
    public var signature: CPUSignature? {
        let eax = self[1, 0, .eax] & 0x0fff_3fff
        return eax == 0 ? nil : CPUSignature(eax: eax)
    }
}
