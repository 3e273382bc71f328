/// A guest's or host's architecture, by libvirt's name.
public struct Architecture: Sendable, Equatable, CustomStringConvertible {
    /// libvirt's name: `x86_64`.
    public let name: String
    /// Derived from the name.
    public let family: Family
    /// The definition does not state the architecture: it was inferred from the emulator or the host, or is the
    /// default.
    public var isAssumed: Bool

    /// A group of architectures that virt-cpu treats alike. `ArchitectureFacts.all` describes each group.
    public enum Family: Int, Sendable, CaseIterable {
        /// x86_64 and i686.
        case x86
        /// aarch64.
        case arm64
        /// The 32-bit ARM architectures.
        case arm
        /// ppc64 and ppc64le.
        case ppc64
        /// s390x and s390.
        case s390
        /// riscv64.
        case riscv64
        /// loongarch64.
        case loongarch64
        /// Every other architecture.
        case other
    }

    /// The architecture with a name.
    ///
    /// - Parameters:
    ///   - name: libvirt's name; an unknown one belongs to the family `other`.
    ///   - isAssumed: whether the definition does not state the architecture.
    public init(name: String, isAssumed: Bool = false) {
        self.name = name
        self.isAssumed = isAssumed
        family = ArchitectureFacts.all.first { $0.names.contains(name) }?.family ?? .other
    }

    /// The architecture of most guests, as a shared constant.
    public static let x86_64 = Architecture(name: "x86_64")

    /// What is true of this architecture's family.
    public var facts: ArchitectureFacts { ArchitectureFacts.all[family.rawValue] }

    /// libvirt's name.
    public var description: String { name }
}

/// Everything that virt-cpu knows about a family of architectures: a new architecture is a new row of `all`.
public struct ArchitectureFacts: Sendable {
    /// The family that the facts are about.
    public let family: Architecture.Family
    /// libvirt's names of the architectures in the family (`virArch`).
    public let names: [String]
    /// The names of `uname -m` that differ from libvirt's, each with libvirt's name.
    public var kernelNames: [String: String] = [:]
    /// The CPU driver of libvirt that compares these CPUs; nil if libvirt does not compare them.
    public var comparison: MapComparison?
    /// libvirt offers host-model to KVM guests.
    public var hasHostModel = false
    /// QEMU has a CPU `max` for emulated guests. Tried with libvirt 11.3 and QEMU 10, where defining
    /// a ppc64, ppc, sparc or m68k guest with `maximum` fails.
    public var hasEmulatedMaximum = false
    /// The mode that a KVM guest gets instead of `host-model-only`, `baseline` or `pin`, which apply only to x86. If
    /// nil, the guest keeps its CPU.
    public var kvmSubstitute: CPUMode?
    /// A KVM guest without `<cpu>` gets a useful CPU: host-model or the host's own, not a minimal model.
    public var hasGoodKVMDefault = false
    /// Which guests without a model get an explicit default CPU from libvirt when they are defined. libvirt adds this
    /// CPU before it looks at `check` (`qemuDomainDefaultCPU`, tried with libvirt 11.3).
    public var definesDefaultCPU = DefaultCPU.never
    /// Further guest architectures that a host runs natively, by the name of the host's architecture.
    public var alsoRuns: [String: [String]] = [:]

    /// How libvirt's CPU drivers group the architectures that they compare.
    public enum MapComparison: Sendable {
        /// The driver for x86 CPUs.
        case x86
        /// The driver for ppc64 CPUs.
        case ppc64
    }

    /// Which guests without a model get an explicit default CPU from libvirt.
    public enum DefaultCPU: Sendable {
        /// All guests.
        case always
        /// Emulated guests only.
        case forEmulatedGuests
        /// No guest.
        case never
    }

    /// One row per family, in the order of `Architecture.Family`.
    public static let all: [ArchitectureFacts] = [
        ArchitectureFacts(
            family: .x86, names: ["x86_64", "i686"],
            kernelNames: ["amd64": "x86_64", "i386": "i686", "i486": "i686", "i586": "i686"],
            comparison: .x86, hasHostModel: true, hasEmulatedMaximum: true, definesDefaultCPU: .always,
            alsoRuns: ["x86_64": ["i686"]]),
        ArchitectureFacts(
            family: .arm64, names: ["aarch64"], kernelNames: ["arm64": "aarch64"], hasEmulatedMaximum: true,
            kvmSubstitute: .hostPassthrough, definesDefaultCPU: .forEmulatedGuests,
            alsoRuns: ["aarch64": ["armv7l", "armv6l"]]),
        ArchitectureFacts(
            family: .arm, names: ["armv7l", "armv6l", "armv7b"], kernelNames: ["armv7hl": "armv7l", "armv8l": "armv7l"],
            hasEmulatedMaximum: true, definesDefaultCPU: .forEmulatedGuests),
        ArchitectureFacts(
            family: .ppc64, names: ["ppc64", "ppc64le"], comparison: .ppc64, hasHostModel: true,
            kvmSubstitute: .hostModel, hasGoodKVMDefault: true, definesDefaultCPU: .always,
            alsoRuns: ["ppc64": ["ppc64le"], "ppc64le": ["ppc64"]]),
        ArchitectureFacts(
            family: .s390, names: ["s390x", "s390"], hasHostModel: true, hasEmulatedMaximum: true,
            kvmSubstitute: .hostModel, hasGoodKVMDefault: true, definesDefaultCPU: .always),
        ArchitectureFacts(
            family: .riscv64, names: ["riscv64"], hasEmulatedMaximum: true, kvmSubstitute: .hostPassthrough,
            definesDefaultCPU: .forEmulatedGuests),
        ArchitectureFacts(
            family: .loongarch64, names: ["loongarch64"], hasEmulatedMaximum: true, kvmSubstitute: .hostPassthrough,
            definesDefaultCPU: .forEmulatedGuests),
        ArchitectureFacts(
            family: .other,
            names: [
                "riscv32", "mips", "mipsel", "mips64", "mips64el", "sparc", "sparc64", "ppc", "alpha", "m68k",
            ]),
    ]

    /// libvirt's names of every architecture in the table.
    public static let allNames = all.flatMap(\.names)

    /// libvirt's name for what `uname -m` prints.
    public static func name(fromKernel machine: String) -> String {
        all.lazy.compactMap { $0.kernelNames[machine] }.first ?? machine
    }

    /// Whether a host runs a guest's instructions itself, as hardware virtualisation requires. Both names are
    /// libvirt's.
    public static func isNative(_ guest: String, on host: String) -> Bool {
        guest == host || all.contains { $0.alsoRuns[host]?.contains(guest) ?? false }
    }
}
