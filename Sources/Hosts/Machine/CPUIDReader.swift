import CPUModel

/// Reads the subleaves of each leaf (Intel SDM volume 2A, CPUID).
struct CPUIDReader {
    /// Returns the registers for a leaf and subleaf.
    let source: (UInt32, UInt32) -> CPUIDRegisters?
    /// What has been read.
    private(set) var data = CPUIDData()

    init(source: @escaping (UInt32, UInt32) -> CPUIDRegisters?) { self.source = source }

    /// More subleaves than any leaf has, so that a hypervisor with wrong values cannot keep the reader in a loop.
    private static let mostSubleaves: UInt32 = 64

    /// Reads every subleaf of a leaf.
    mutating func read(_ leaf: UInt32) {
        let first = source(leaf, 0) ?? CPUIDRegisters()
        switch leaf {
        case 0x4:
            // Caches: the list ends with a cache of type 0.
            keep(first, leaf, 0)
            keep(leaf, from: 1, while: { $0.eax & 0x1f != 0 }, after: first)
        case 0x7, 0x14:
            // EAX is the number of the highest subleaf.
            keep(first, leaf, 0)
            for subleaf in subleaves(upTo: first.eax) { keep(leaf, subleaf) }
        case 0xb:
            // Topology: the list ends with a level of type 0.
            var (registers, subleaf) = (first, UInt32(0))
            while registers.ecx & 0xff00 != 0, subleaf < Self.mostSubleaves {
                keep(registers, leaf, subleaf)
                subleaf += 1
                registers = source(leaf, subleaf) ?? CPUIDRegisters()
            }
        case 0xd: readExtendedState(first)
        case 0xf: readResources(leaf, first, identifiers: first.edx)
        case 0x10: readResources(leaf, first, identifiers: first.ebx)
        case 0x12:
            // SGX: valid only if leaf 7 shows the feature.
            guard data[7, 0, .ebx] & 1 << 2 != 0 else { return }
            keep(first, leaf, 0)
            keep(leaf, 1)
            keep(leaf, from: 2, while: { $0.eax & 0xf != 0 })
        case 0x17:
            // SoC vendor: EAX is the number of the highest subleaf, which is at least 3.
            guard first.eax >= 3 else { return }
            keep(first, leaf, 0)
            for subleaf in subleaves(upTo: first.eax) { keep(leaf, subleaf) }
        default: keep(first, leaf, 0)
        }
    }

    /// Reads the XSAVE state components, which are the bits of EDX:EAX of subleaf 0 and EDX:ECX of subleaf 1.
    private mutating func readExtendedState(_ first: CPUIDRegisters) {
        keep(first, 0xd, 0)
        let second = source(0xd, 1) ?? CPUIDRegisters()
        keep(second, 0xd, 1)
        let components = UInt64(first.eax | second.ecx) | UInt64(first.edx | second.edx) << 32
        for subleaf in UInt32(2)..<64 where components >> UInt64(subleaf) & 1 != 0 { keep(0xd, subleaf) }
    }

    /// Reads the resources of Intel Resource Director Technology: bit *n* of `identifiers`, from bit 1, is subleaf *n*.
    private mutating func readResources(_ leaf: UInt32, _ first: CPUIDRegisters, identifiers: UInt32) {
        keep(first, leaf, 0)
        for subleaf in UInt32(1)..<32 where identifiers >> subleaf & 1 != 0 { keep(leaf, subleaf) }
    }

    /// The subleaves after 0.
    private func subleaves(upTo highest: UInt32) -> Range<UInt32> { 1..<(min(highest, Self.mostSubleaves) + 1) }

    /// Reads a subleaf.
    private mutating func keep(_ leaf: UInt32, _ subleaf: UInt32) {
        keep(source(leaf, subleaf) ?? CPUIDRegisters(), leaf, subleaf)
    }

    /// Reads subleaves, beginning with `start`, until one is not valid. Without `first`, the invalid subleaf is left
    /// out. With `first`, which is the subleaf before `start`, each subleaf that follows a valid one is kept, so the
    /// first invalid subleaf is kept too.
    private mutating func keep(
        _ leaf: UInt32, from start: UInt32, while isValid: (CPUIDRegisters) -> Bool, after first: CPUIDRegisters? = nil
    ) {
        var last = first
        for subleaf in start..<Self.mostSubleaves {
            if let last, !isValid(last) { return }
            let registers = source(leaf, subleaf) ?? CPUIDRegisters()
            if last == nil, !isValid(registers) { return }
            keep(registers, leaf, subleaf)
            if first != nil { last = registers }
        }
    }

    /// Adds the registers of a subleaf to the data.
    private mutating func keep(_ registers: CPUIDRegisters, _ leaf: UInt32, _ subleaf: UInt32) {
        data.addLeaf(
            leaf, subleaf: subleaf, eax: registers.eax, ebx: registers.ebx, ecx: registers.ecx, edx: registers.edx)
    }
}
