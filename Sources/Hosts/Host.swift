public import CPUModel

/// A machine that must be able to run the guests.
public struct Host: Sendable {
    /// Which of the checked guests a host is meant for. A guest that no host's architecture fits is then a warning or an
    /// error.
    public enum Scope: Sendable {
        /// Guests of its architecture. Other guests may be meant for other hosts.
        case any
        /// All checked guests.
        case every
    }

    /// The name that messages use: the name of a file, the host of a URI, or `local`.
    public var name: String
    /// The file that the CPU is from, or the first file about the host when no file has its CPU. Nil for a host that
    /// was not read from a file.
    public var file: String?
    /// `<host><uuid>` of `virsh capabilities`; nil when it is not known.
    public var uuid: String?
    /// The CPU, from `<host><cpu>` of `virsh capabilities` or decoded from CPUID data. Nil when only domain
    /// capabilities are known.
    public var cpu: CPUDefinition?
    /// What the host's hypervisors can give to guests: one value for each architecture, virtualisation type, machine
    /// and emulator that is known. `domainCapabilities(for:)` finds the right one.
    public var domainCapabilities: [DomainCapabilities]
    /// The architectures whose guests the host can run, from `<guest>` of `virsh capabilities`.
    public var guestSupport: [GuestSupport]
    /// Whether the model-specific registers were read too. CPUID alone does not show the features that are in them
    /// (`rdctl-no`, `vmx-*`).
    public var hasModelSpecificRegisters: Bool
    /// The number of bits in the processor's physical addresses, from `<maxphysaddr>` in `<host><cpu>` of `virsh
    /// capabilities`; nil when it is not known.
    public var physicalAddressBits: Int?
    /// The key of the host's kind in the packed hosts from which it was read. Other packed hosts can use it for other kinds.
    package var kind: String?
    /// The name of the hosts' cluster, if packed hosts state one.
    package var cluster: String?
    /// Which of the checked guests the host is meant for.
    public var scope = Scope.any
    /// The release of the host's libvirt, where somebody states it or this machine's libvirt shows it. See
    /// `libvirtRelease`.
    public var libvirt: LibvirtVersion?
    /// The libvirt that can be asked for more, if the host was named by a URI.
    public var connection: LibvirtConnection?

    /// A host made of the given parts. Nothing is read, and libvirt is not asked.
    public init(
        name: String, cpu: CPUDefinition?, domainCapabilities: [DomainCapabilities] = [],
        guestSupport: [GuestSupport] = [], hasModelSpecificRegisters: Bool = true, connection: LibvirtConnection? = nil
    ) {
        self.name = name
        self.cpu = cpu
        self.domainCapabilities = domainCapabilities
        self.guestSupport = guestSupport
        self.hasModelSpecificRegisters = hasModelSpecificRegisters
        self.connection = connection
    }

    /// The release of the host's libvirt: the stated one, or else the one that the libvirt of a URI reports. Nil if
    /// neither is known.
    public var libvirtRelease: LibvirtVersion? { libvirt ?? connection?.version().flatMap { LibvirtVersion($0) } }

    /// The CPU map of the host's libvirt, where its release is none of the built-in ones and the map could be read.
    public var cpuMap: CPUMap?

    /// libvirt's name of the host's architecture: the one of its CPU, or else of the guests that it runs with hardware
    /// virtualisation. Nil when neither is known.
    public var architecture: String? {
        cpu?.architecture ?? domainCapabilities.first { $0.platform.isAccelerated }?.platform.architecture
    }
}
