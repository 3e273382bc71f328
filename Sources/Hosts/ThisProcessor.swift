import CCPUID
public import CPUModel

extension CPUIDData {
    /// What CPUID says on the core that this thread is on, the leaves and subleaves that libvirt reads (cpu_x86.c,
    /// `cpuidSet`; Intel SDM volume 2A, CPUID). Nil on architectures without the instruction.
    ///
    /// The thread stays on one core while it reads: cores of hybrid processors differ.
    public static func ofThisProcessor() -> CPUIDData? {
        pinnedToOneCore { read { leaf, subleaf in cpuid(leaf, subleaf) } }
    }

    /// Reads by any source of registers, so that dumps of other processors can stand in for one.
    static func read(_ source: @escaping (_ leaf: UInt32, _ subleaf: UInt32) -> CPUIDRegisters?) -> CPUIDData? {
        var reader = CPUIDReader(source: source)
        for base: UInt32 in [0, 0x8000_0000] {
            guard let maximum = source(base, 0)?.eax else { return nil }
            // A processor without extended leaves answers with anything; no processor has more than a few dozen.
            guard maximum >= base, maximum - base < 256 else { continue }
            for leaf in base...maximum { reader.read(leaf) }
        }
        return reader.data
    }
}

/// The four registers that CPUID fills.
struct CPUIDRegisters: Equatable {
    var eax: UInt32 = 0, ebx: UInt32 = 0, ecx: UInt32 = 0, edx: UInt32 = 0
}

private func cpuid(_ leaf: UInt32, _ subleaf: UInt32) -> CPUIDRegisters? {
    var registers = ccpuid_registers()
    guard ccpuid(leaf, subleaf, &registers) != 0 else { return nil }
    return CPUIDRegisters(eax: registers.eax, ebx: registers.ebx, ecx: registers.ecx, edx: registers.edx)
}

/// Knows which subleaves each leaf has.
private struct CPUIDReader {
    let source: (UInt32, UInt32) -> CPUIDRegisters?
    var data = CPUIDData()

    /// More than any leaf has: a hypervisor that answers nonsense does not keep us here.
    private static let mostSubleaves: UInt32 = 64

    mutating func read(_ leaf: UInt32) {
        let first = source(leaf, 0) ?? CPUIDRegisters()
        switch leaf {
        case 0x4:
            // Caches: none follows one of type 0.
            keep(first, leaf, 0)
            keep(leaf, from: 1, while: { $0.eax & 0x1f != 0 }, after: first)
        case 0x7, 0x14:
            // EAX is the highest subleaf.
            keep(first, leaf, 0)
            for subleaf in subleaves(upTo: first.eax) { keep(leaf, subleaf) }
        case 0xb:
            // Topology: valid while the level's type is not 0.
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
            // SGX: only where leaf 7 has it.
            guard data[7, 0, .ebx] & 1 << 2 != 0 else { return }
            keep(first, leaf, 0)
            keep(leaf, 1)
            keep(leaf, from: 2, while: { $0.eax & 0xf != 0 })
        case 0x17:
            // SoC vendor: EAX is the highest subleaf, 3 at least.
            guard first.eax >= 3 else { return }
            keep(first, leaf, 0)
            for subleaf in subleaves(upTo: first.eax) { keep(leaf, subleaf) }
        default: keep(first, leaf, 0)
        }
    }

    /// XSAVE: EDX:EAX of subleaf 0 and EDX:ECX of subleaf 1 say which state components there are.
    private mutating func readExtendedState(_ first: CPUIDRegisters) {
        keep(first, 0xd, 0)
        let second = source(0xd, 1) ?? CPUIDRegisters()
        keep(second, 0xd, 1)
        let components = UInt64(first.eax | second.ecx) | UInt64(first.edx | second.edx) << 32
        for subleaf in UInt32(2)..<64 where components >> UInt64(subleaf) & 1 != 0 { keep(0xd, subleaf) }
    }

    /// Resource director technology: a bit for each resource, from bit 1.
    private mutating func readResources(_ leaf: UInt32, _ first: CPUIDRegisters, identifiers: UInt32) {
        keep(first, leaf, 0)
        for subleaf in UInt32(1)..<32 where identifiers >> subleaf & 1 != 0 { keep(leaf, subleaf) }
    }

    private func subleaves(upTo highest: UInt32) -> Range<UInt32> { 1..<(min(highest, Self.mostSubleaves) + 1) }

    private mutating func keep(_ leaf: UInt32, _ subleaf: UInt32) {
        keep(source(leaf, subleaf) ?? CPUIDRegisters(), leaf, subleaf)
    }

    /// Subleaves as long as they are valid. With `first`, one is read as long as the one before was valid.
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

    private mutating func keep(_ registers: CPUIDRegisters, _ leaf: UInt32, _ subleaf: UInt32) {
        data.addLeaf(
            leaf, subleaf: subleaf, eax: registers.eax, ebx: registers.ebx, ecx: registers.ecx, edx: registers.edx)
    }
}

/// Keeps the thread on the core it is on; where the system does not allow that, it is read all the same.
private func pinnedToOneCore<Value>(_ body: () -> Value) -> Value {
    var before = ccpuid_cores()
    guard ccpuid_pin(&before) != 0 else { return body() }
    defer { ccpuid_unpin(&before) }
    return body()
}
