/// Everything that virt-cpu knows about a family of architectures: a new architecture is a new row of `all`.
public struct ArchitectureFacts: Sendable {
    /// The family that the facts are about.
    public let family: ArchitectureFamily
    /// libvirt's names of the architectures in the family (`virArch`).
    public let names: [String]
    /// The names of `uname -m` that differ from libvirt's.
    public var kernelNames: [OtherName] = []
    /// The names of QEMU's targets (`qemu-system-NAME`) that differ from libvirt's (qemu_capabilities.c,
    /// `virQEMUCapsArchFromString`).
    public var emulatorNames: [OtherName] = []
    /// The CPU driver of libvirt that compares these CPUs; nil if libvirt does not compare them.
    public var driver: CPUDriver?
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
    /// Further guest architectures that hosts run natively.
    public var alsoRuns: [NativeGuests] = []

    // Structures and no dictionaries: the compiler then lays the table out, and no start has to build it.

    /// Another program's name of an architecture.
    public struct OtherName: Sendable {
        /// The other program's name.
        public let name: String
        /// libvirt's name of the same architecture.
        public let libvirtName: String

        init(_ name: String, _ libvirtName: String) { (self.name, self.libvirtName) = (name, libvirtName) }
    }

    /// Guest architectures that the hosts of another one run natively.
    public struct NativeGuests: Sendable {
        /// libvirt's name of the hosts' architecture.
        public let host: String
        /// libvirt's names of the guests' architectures.
        public let guests: [String]

        init(_ host: String, _ guests: [String]) { (self.host, self.guests) = (host, guests) }
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

    /// One row per family, in the order of `ArchitectureFamily`.
    public static let all: [ArchitectureFacts] = [
        ArchitectureFacts(
            family: .x86, names: ["x86_64", "i686"],
            kernelNames: [
                OtherName("amd64", "x86_64"), OtherName("i386", "i686"), OtherName("i486", "i686"), OtherName("i586", "i686"),
            ],
            emulatorNames: [OtherName("i386", "i686")],
            driver: .x86, hasHostModel: true, hasEmulatedMaximum: true, definesDefaultCPU: .always,
            alsoRuns: [NativeGuests("x86_64", ["i686"])]),
        ArchitectureFacts(
            family: .arm64, names: ["aarch64"], kernelNames: [OtherName("arm64", "aarch64")], hasEmulatedMaximum: true,
            kvmSubstitute: .hostPassthrough, definesDefaultCPU: .forEmulatedGuests,
            alsoRuns: [NativeGuests("aarch64", ["armv7l", "armv6l"])]),
        ArchitectureFacts(
            family: .arm, names: ["armv7l", "armv6l", "armv7b"],
            kernelNames: [OtherName("armv7hl", "armv7l"), OtherName("armv8l", "armv7l")],
            emulatorNames: [OtherName("arm", "armv7l")], hasEmulatedMaximum: true, definesDefaultCPU: .forEmulatedGuests),
        ArchitectureFacts(
            family: .ppc64, names: ["ppc64", "ppc64le"], driver: .ppc64, hasHostModel: true,
            kvmSubstitute: .hostModel, hasGoodKVMDefault: true, definesDefaultCPU: .always,
            alsoRuns: [NativeGuests("ppc64", ["ppc64le"]), NativeGuests("ppc64le", ["ppc64"])]),
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
        libvirtName(machine, \.kernelNames)
    }

    /// libvirt's name for a target of QEMU: the NAME of `qemu-system-NAME`.
    public static func name(fromEmulator target: String) -> String {
        libvirtName(target, \.emulatorNames)
    }

    private static func libvirtName(_ name: String, _ names: KeyPath<ArchitectureFacts, [OtherName]>) -> String {
        for facts in all {
            if let other = facts[keyPath: names].first(where: { $0.name == name }) { return other.libvirtName }
        }
        return name
    }

    /// Whether a host runs a guest's instructions itself, as hardware virtualisation requires. Both names are
    /// libvirt's.
    public static func isNative(_ guest: String, on host: String) -> Bool {
        guest == host || all.contains { $0.alsoRuns.contains { $0.host == host && $0.guests.contains(guest) } }
    }
}
