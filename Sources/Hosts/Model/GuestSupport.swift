/// A `<guest>` element of capabilities: an architecture whose guests the host can run, and how.
public struct GuestSupport: Sendable, Equatable {
    /// libvirt's name of the guests' architecture: `x86_64`.
    public var architecture: String
    /// The values that a domain's `type` may have: `kvm`, `qemu`.
    public var virtTypes: [String]
    /// Paths of the emulators.
    public var emulators: [String]
    /// Names of the machine types, aliases such as `q35` included.
    public var machines: Set<String>
    /// The canonical names of machine types by their alias: `pc-q35-9.2` for `q35`.
    public var canonicalMachines: [String: String]

    /// The names are libvirt's. They are not checked.
    public init(
        architecture: String, virtTypes: [String] = [], emulators: [String] = [], machines: Set<String> = [],
        canonicalMachines: [String: String] = [:]
    ) {
        self.architecture = architecture
        self.virtTypes = virtTypes
        self.emulators = emulators
        self.machines = machines
        self.canonicalMachines = canonicalMachines
    }
}
