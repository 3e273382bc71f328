public import CPUModel

/// The CPUs that a host's hypervisor can give to guests of one platform: the `<cpu>` part of what
/// `virsh domcapabilities` prints (libvirt, docs/formatdomaincaps.rst).
public struct DomainCapabilities: Sendable, Equatable {
    /// `<model usable=…>`: whether the hypervisor can give guests this model on this host.
    public enum Usability: String, Sendable, CaseIterable {
        /// The hypervisor can give the whole model.
        case yes
        /// The hypervisor cannot give features that the model has: its `blockers`.
        case no
        /// The hypervisor does not tell.
        case unknown
    }

    /// A model that the hypervisor lists under `<mode name='custom'>`.
    public struct Model: Sendable, Equatable {
        /// libvirt's name of the model.
        public var name: String
        /// Whether the hypervisor can give the model. `unknown` when the XML does not say.
        public var usability: Usability
        /// Whether the hypervisor calls the model deprecated. libvirt has reported this since 7.1.
        public var isDeprecated: Bool
        /// The versioned name of the same model, such as `Broadwell-v1`. libvirt has reported it since 10.10.
        public var canonicalName: String?
        /// libvirt's name of the model's vendor. libvirt has reported it since 8.9. Nil when the XML says `unknown`.
        public var vendor: String?
        /// Features of the model that the hypervisor cannot give on this host, in the order of the XML. libvirt has
        /// reported them since 10.9.
        public var blockers: [String]

        /// A model. The defaults are what an old libvirt leaves out.
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
        /// `emulate` or `passthrough`.
        public typealias Mode = AddressMode
        /// Whether the width is `bits` or the host's.
        public var mode: Mode
        /// The width in bits, under `emulate`.
        public var bits: Int?
        /// The maximum width in bits, under `passthrough`: the guest gets the host's width, but no more than this.
        public var limit: Int?

        /// The widths are in bits. Nothing checks that they fit the mode.
        public init(mode: Mode, bits: Int? = nil, limit: Int? = nil) {
            self.mode = mode
            self.bits = bits
            self.limit = limit
        }
    }

    /// `<arch>`, `<domain>`, `<machine>` and `<path>`: the platform that libvirt was asked about. libvirt chooses
    /// what the query does not specify.
    public var platform: DomainPlatform
    /// Whether each mode is supported. A mode that the XML does not list is absent (`maximum` before libvirt 7.1).
    public var modes: [CPUDefinition.Mode: Bool]
    /// The CPU that host-model stands for. It includes non-migratable features, which libvirt removes when a guest
    /// starts (qemu_process.c, `qemuProcessUpdateGuestCPU`).
    public var hostModel: CPUDefinition?
    /// `<maxphysaddr>` of `<mode name='host-model'>`; nil when there is none.
    public var hostModelAddresses: PhysicalAddresses?
    /// `<maxphysaddr>` of `<mode name='host-passthrough'>`; nil when there is none.
    public var hostPassthroughAddresses: PhysicalAddresses?
    /// The models of `<mode name='custom'>`, in the order of the XML.
    public private(set) var models: [Model]
    private var index: [String: Int]

    /// Capabilities made of the given parts. Of several models with one name, `model(named:)` finds the first.
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

    /// What the hypervisor says about a model; nil when it does not list the model.
    public func model(named name: String) -> Model? { index[name].map { models[$0] } }

    /// Whether there are unusable models and none of them has blockers, as libvirt before 10.9 writes it.
    public var withholdsBlockers: Bool {
        models.contains { $0.usability == .no } && models.allSatisfy { $0.blockers.isEmpty }
    }
}
