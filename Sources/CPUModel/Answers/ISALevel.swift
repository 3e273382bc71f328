/// A micro-architecture level of x86-64: what a compiler may expect of a processor (x86-64 psABI, "Micro-Architecture
/// Levels"; Proxmox's qemu-server has the same lists in CPUConfig.pm).
public enum ISALevel: Int, CaseIterable, Comparable, Sendable, Hashable {
    /// The baseline, which every 64-bit x86 processor has.
    case v1 = 1
    /// Processors since about 2009: Nehalem.
    case v2
    /// Processors since about 2013 that have AVX2: Haswell, EPYC.
    case v3
    /// Processors that have the common part of AVX-512: Skylake-Server, EPYC-Genoa.
    case v4

    /// The level that a word names: `x86-64-v3`. Nil for every other word.
    public init?(_ word: String) {
        guard let level = Self.allCases.first(where: { $0.description == word }) else { return nil }
        self = level
    }

    /// The features that the level requires, those of the lower levels first, in libvirt's names. OSFXSR and OSXSAVE are
    /// left out, because the guest's operating system sets them.
    public var features: [String] { Self.allCases.filter { $0 <= self }.flatMap(\.ownFeatures) }

    /// The features that the level requires beyond the one below. LZCNT is `abm` in libvirt, and SCE is `syscall`.
    private var ownFeatures: [String] {
        switch self {
        case .v1: ["lm", "cmov", "cx8", "fpu", "fxsr", "mmx", "syscall", "sse", "sse2"]
        case .v2: ["cx16", "lahf_lm", "popcnt", "pni", "sse4.1", "sse4.2", "ssse3"]
        case .v3: ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"]
        case .v4: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]
        }
    }

    /// The level above; nil for the highest.
    public var next: ISALevel? { ISALevel(rawValue: rawValue + 1) }

    public static func < (a: ISALevel, b: ISALevel) -> Bool { a.rawValue < b.rawValue }
}

extension ISALevel: CustomStringConvertible {
    /// `x86-64-v3`
    public var description: String { "x86-64-v\(rawValue)" }
}

extension X86Map {
    /// The highest level whose features are all in a set. Nil if not even the baseline is: the processor is a 32-bit one.
    public func level(of features: FeatureSet) -> ISALevel? {
        ISALevel.allCases.last { missing(for: $0, in: features).isEmpty }
    }

    /// The features that a level requires and a set lacks, in map order. A feature that the map does not know is missing.
    public func missing(for level: ISALevel, in features: FeatureSet) -> [String] {
        let unknown = level.features.filter { feature(named: $0) == nil }
        return featureNames(in: bits(ofFeatures: level.features) - features) + unknown
    }
}
