/// A feature of an `X86Map`, and the bits that QEMU clears when a CPU does not have it.
///
/// QEMU clears whole CPUID leaves and registers that mean nothing without another feature (QEMU, target/i386/cpu.c,
/// `feature_dependencies`, and `cpu_x86_cpuid` for leaf 0xd).
struct DependentFeatures: Sendable, Equatable {
    /// The bits of the feature that the others need.
    var parent: FeatureSet
    /// The bits that are cleared without it.
    var dependents: FeatureSet

    /// The dependencies among the features of a map.
    ///
    /// - Parameters:
    ///   - bits: the bit behind each position of the map's feature sets; nil for one that has none.
    ///   - mask: the bits of a feature by its name; nil when the map does not have the feature.
    static func all(among bits: [CPUDataBit?], mask: (String) -> FeatureSet?) -> [DependentFeatures] {
        rules.compactMap { name, isDependent in
            guard let parent = mask(name) else { return nil }
            var dependents = FeatureSet()
            for (position, bit) in bits.enumerated() {
                if let bit, isDependent(bit.address) { dependents.insert(position) }
            }
            return DependentFeatures(parent: parent, dependents: dependents)
        }
    }

    /// The name of the feature without which QEMU clears the word at a place; nil when there is none.
    static func parent(of address: CPUDataAddress) -> String? { rules.first { $0.isDependent(address) }?.feature }

    private static let rules: [(feature: String, isDependent: @Sendable (CPUDataAddress) -> Bool)] = [
        // VMX capabilities, IA32_VMX_BASIC to IA32_VMX_VMFUNC.
        ("vmx", { if case .msr(0x480...0x491, _) = $0 { true } else { false } }),
        // SVM revision and features.
        ("svm", { if case .cpuid(0x8000_000a, _, _) = $0 { true } else { false } }),
        // IA32_ARCH_CAPABILITIES.
        ("arch-capabilities", { if case .msr(0x10a, _) = $0 { true } else { false } }),
        // IA32_CORE_CAPABILITIES.
        ("core-capability", { if case .msr(0xcf, _) = $0 { true } else { false } }),
        // The forms of XSAVE. AVX stays visible, although no system can use it then (`cpu_x86_cpuid`; seen in guests of
        // QEMU 7.2, 10.0 and 11.1).
        ("xsave", { if case .cpuid(0xd, _, _) = $0 { true } else { false } }),
        ("sgx", { if case .cpuid(0x12, _, _) = $0 { true } else { false } }),
        ("intel-pt", { if case .cpuid(0x14, _, _) = $0 { true } else { false } }),
        ("avx10", { if case .cpuid(0x24, _, _) = $0 { true } else { false } }),
    ]
}
