import CCPUID
public import CPUModel

extension CPUIDData {
    /// What the CPUID instruction returns on one core of this machine: the leaves and subleaves that libvirt reads
    /// (cpu_x86.c, `cpuidSet`; Intel SDM volume 2A, CPUID). Nil on architectures without the instruction.
    ///
    /// The thread stays on one core while it reads, because the cores of hybrid processors differ.
    public static func ofThisProcessor() -> CPUIDData? {
        pinnedToOneCore { read { leaf, subleaf in cpuid(leaf, subleaf) } }
    }

    /// Reads the leaves and subleaves from any source, so that tests can use the dump of another processor.
    ///
    /// - Parameter source: returns the registers for a leaf and subleaf; nil when there is no CPUID instruction.
    static func read(_ source: @escaping (_ leaf: UInt32, _ subleaf: UInt32) -> CPUIDRegisters?) -> CPUIDData? {
        var reader = CPUIDReader(source: source)
        for base: UInt32 in [0, 0x8000_0000] {
            guard let maximum = source(base, 0)?.eax else { return nil }
            // A processor without extended leaves may return anything here. No processor has more than a few dozen.
            guard maximum >= base, maximum - base < 256 else { continue }
            for leaf in base...maximum { reader.read(leaf) }
        }
        return reader.data
    }
}

private func cpuid(_ leaf: UInt32, _ subleaf: UInt32) -> CPUIDRegisters? {
    var registers = ccpuid_registers()
    guard ccpuid(leaf, subleaf, &registers) != 0 else { return nil }
    return CPUIDRegisters(eax: registers.eax, ebx: registers.ebx, ecx: registers.ecx, edx: registers.edx)
}

/// Runs `body` while the thread is bound to the core that it is on. If the system refuses that, `body` runs unbound.
private func pinnedToOneCore<Value>(_ body: () -> Value) -> Value {
    var before = ccpuid_cores()
    guard ccpuid_pin(&before) != 0 else { return body() }
    defer { ccpuid_unpin(&before) }
    return body()
}
