public import CPUModel

/// What domain capabilities are about, and what a guest runs on: names as libvirt has them.
public struct DomainPlatform: Sendable, Hashable {
    /// `x86_64`.
    public var architecture: String
    /// `kvm`, `qemu`, `hvf`, `xen`: a domain's `type`.
    public var virtType: String
    /// `pc-q35-9.2`; nil where a guest leaves it open.
    public var machine: String?
    /// The emulator's path; nil where a guest leaves it open.
    public var emulator: String?

    /// Names are libvirt's, which is not checked.
    public init(architecture: String, virtType: String, machine: String? = nil, emulator: String? = nil) {
        self.architecture = architecture
        self.virtType = virtType
        self.machine = machine
        self.emulator = emulator
    }

    /// The processor itself runs the guest.
    public var isAccelerated: Bool { virtType == "kvm" || virtType == "hvf" }

    /// x86_64 or i686.
    public var isX86: Bool { CPUFamily(architecture: architecture) == .x86 }
}

/// What a host's hypervisor can give to guests of one platform: the `<cpu>` part of `virsh domcapabilities`
/// (libvirt, docs/formatdomaincaps.rst).
public struct DomainCapabilities: Sendable, Equatable {
    /// `<model usable=…>`: whether the hypervisor can give the model on this host (docs/formatdomaincaps.rst).
    public enum Usability: String, Sendable, CaseIterable {
        /// All of the model; or not, for want of the features that are its `blockers`.
        case yes, no
        /// The hypervisor does not say.
        case unknown
    }

    /// A model that the hypervisor lists under `<mode name='custom'>`.
    public struct Model: Sendable, Equatable {
        /// The text of `<model>`: libvirt's name.
        public var name: String
        /// `unknown` where the XML has no word.
        public var usability: Usability
        /// Since libvirt 7.1.
        public var isDeprecated: Bool
        /// The versioned name of the same model (`Broadwell-v1`), since libvirt 10.10.
        public var canonicalName: String?
        /// Since libvirt 8.9; nil for `unknown`.
        public var vendor: String?
        /// Features that keep the model from being used here, since libvirt 10.9. In the order of the XML.
        public var blockers: [String]

        /// What is left out is as an old libvirt leaves it out.
        public init(
            name: String, usability: Usability = .unknown, isDeprecated: Bool = false, canonicalName: String? = nil,
            vendor: String? = nil, blockers: [String] = []
        ) {
            self.name = name
            self.usability = usability
            self.isDeprecated = isDeprecated
            self.canonicalName = canonicalName
            self.vendor = vendor
            self.blockers = blockers
        }
    }

    /// `<maxphysaddr>`: the width of physical addresses.
    public struct PhysicalAddresses: Sendable, Equatable {
        public typealias Mode = AddressMode
        /// Always stated: XML without it is refused.
        public var mode: Mode
        /// Under `emulate`.
        public var bits: Int?
        /// In bits; what `passthrough` is cut off at.
        public var limit: Int?

        /// Widths are in bits; which one goes with the mode is not checked.
        public init(mode: Mode, bits: Int? = nil, limit: Int? = nil) {
            self.mode = mode
            self.bits = bits
            self.limit = limit
        }
    }

    /// `<arch>`, `<domain>`, `<machine>` and `<path>`: what was asked about, or libvirt's choice.
    public var platform: DomainPlatform
    /// Whether each mode is supported; a mode that is absent was not spoken of (`maximum` before libvirt 7.1).
    public var modes: [CPUDefinition.Mode: Bool]
    /// What host-model stands for: with non-migratable features, which a guest that starts does not get
    /// (qemu_process.c, `qemuProcessUpdateGuestCPU`).
    public var hostModel: CPUDefinition?
    /// `<maxphysaddr>` of `<mode name='host-model'>`; nil where there is none.
    public var hostModelAddresses: PhysicalAddresses?
    /// `<maxphysaddr>` of `<mode name='host-passthrough'>`; nil where there is none.
    public var hostPassthroughAddresses: PhysicalAddresses?
    /// In the order of the XML.
    public private(set) var models: [Model]
    private var index: [String: Int]

    /// Of models with the same name, `model(named:)` finds the first.
    public init(
        platform: DomainPlatform, modes: [CPUDefinition.Mode: Bool] = [:], hostModel: CPUDefinition? = nil,
        hostModelAddresses: PhysicalAddresses? = nil, hostPassthroughAddresses: PhysicalAddresses? = nil,
        models: [Model] = []
    ) {
        self.platform = platform
        self.modes = modes
        self.hostModel = hostModel
        self.hostModelAddresses = hostModelAddresses
        self.hostPassthroughAddresses = hostPassthroughAddresses
        self.models = models
        index = Dictionary(models.indices.map { (models[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What the hypervisor says of a model; nil for one that it does not list.
    public func model(named name: String) -> Model? { index[name].map { models[$0] } }

    /// What decoding takes (`X86Map.decode(_:as:among:preferring:)`).
    public var listedModels: [ListedModel] { models.map { ListedModel(name: $0.name, blockers: $0.blockers) } }

    /// Unusable models are told without their blockers: libvirt before 10.9 wrote this.
    public var withholdsBlockers: Bool {
        models.contains { $0.usability == .no } && models.allSatisfy { $0.blockers.isEmpty }
    }
}
