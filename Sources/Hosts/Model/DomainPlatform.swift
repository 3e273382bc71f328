import CPUModel

/// The architecture, virtualisation type, machine and emulator of a guest. Domain capabilities describe one platform.
public struct DomainPlatform: Sendable, Hashable {
    /// libvirt's name of the guest's architecture: `x86_64`.
    public var architecture: String
    /// The `type` of the domain: `kvm`, `qemu`, `hvf`, `xen`.
    public var virtType: String
    /// The machine type: `pc-q35-9.2`. Nil when a guest does not name one.
    public var machine: String?
    /// The path of the emulator. Nil when a guest does not name one.
    public var emulator: String?

    /// The names are libvirt's. They are not checked.
    public init(architecture: String, virtType: String, machine: String? = nil, emulator: String? = nil) {
        self.architecture = architecture
        self.virtType = virtType
        self.machine = machine
        self.emulator = emulator
    }

    /// Whether the host's processor executes the guest's instructions (`kvm`, `hvf`; `hyperv` in domain capabilities is
    /// QEMU on Microsoft's hypervisor).
    public var isAccelerated: Bool { ["kvm", "hvf", "hyperv"].contains(virtType) }

    /// Whether the guest is x86_64 or i686.
    public var isX86: Bool { CPUDriver(architecture: architecture) == .x86 }
}
