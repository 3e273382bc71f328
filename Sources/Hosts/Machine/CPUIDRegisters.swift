/// The values of the four registers that the CPUID instruction fills.
struct CPUIDRegisters: Equatable {
    var eax: UInt32 = 0, ebx: UInt32 = 0, ecx: UInt32 = 0, edx: UInt32 = 0
}
