/// The registers that the CPUID instruction fills.
public enum CPUIDRegister: UInt8, Sendable, Hashable, CaseIterable {
    /// EAX.
    case eax
    /// EBX.
    case ebx
    /// ECX.
    case ecx
    /// EDX.
    case edx
}
