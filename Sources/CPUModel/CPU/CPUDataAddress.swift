/// The place of a 32-bit word of CPU data.
public enum CPUDataAddress: Sendable, Hashable {
    /// The word that CPUID returns in `register` when it is called with EAX = `leaf` and ECX = `subleaf`.
    case cpuid(leaf: UInt32, subleaf: UInt32, register: CPUIDRegister)
    /// The lower (`eax`) or upper (`edx`) half of model-specific register `index`, as RDMSR returns it.
    case msr(index: UInt32, register: CPUIDRegister)
}
