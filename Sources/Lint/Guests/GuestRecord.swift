public import CPUModel
public import DomainXML
public import Hosts

/// A copy of everything in a definition that a later version of it is compared with.
///
/// A copy is necessary because a `Domain` is valid only inside the handler that receives it.
public struct GuestRecord: Sendable, Equatable {
    /// `/domain/name`; nil if it is absent or empty.
    public let name: String?
    /// `/domain/uuid` in lower case without dashes, the form in which libvirt compares it; nil if it is absent or
    /// empty.
    public let uuid: String?
    /// What kind of document contained the definition.
    public let container: Domain.Container
    /// The virtualisation type, the architecture, the machine and the emulator.
    public let platform: DomainPlatform
    /// The guest's `Guest.hypervisor`.
    public let hypervisor: Guest.Hypervisor
    /// The guest's `Guest.architecture`.
    public let architecture: Architecture
    /// Why the definition is recognised as that of a Windows guest, in words; nil if it is not. It does not depend on
    /// what the policy states.
    public let windows: String?
    /// How certain that is.
    let windowsGrade: WindowsEvidence.Grade?
    /// The libosinfo id in the metadata, a URL; nil if there is none.
    public let osinfoID: String?
    /// What `<cpu>` requests.
    public let cpu: CPURequest
    /// The arrangement of the vCPUs in sockets, cores and threads.
    public let topology: Topology
    /// The hypervisor's CPUID leaves, which follow from `<features>` and `<clock>`.
    public let hypervisorLeaves: HypervisorLeaves
    /// The value of `-cpu` in `qemu:commandline`, which overrides `<cpu>`; nil if there is none.
    public let commandLineCPU: String?
    /// The values of `-global` in `qemu:commandline` that set properties of the CPU, in order.
    public let cpuGlobals: [String]

    /// QEMU runs the guest.
    var isManaged: Bool { hypervisor.isManaged }

    /// Copies a guest. Inside `Domain.with(cpu:_:)`, the copy has the replaced `<cpu>`.
    public init(_ guest: Guest) {
        let domain = guest.domain
        name = domain[domain.name?.text].flatMap { $0.isEmpty ? nil : $0 }
        uuid = domain[domain.uuid?.text].flatMap { Self.normalized(uuid: $0) }
        container = domain.container
        platform = DomainPlatform(guest)
        hypervisor = guest.hypervisor
        architecture = guest.architecture
        windows = guest.windows
        windowsGrade = guest.windowsGrade
        osinfoID = guest.osinfoID
        cpu = CPURequest(guest)
        topology = Topology(guest)
        hypervisorLeaves = HypervisorLeaves(guest)
        commandLineCPU = domain.commandLineCPU
        cpuGlobals = domain.cpuGlobals.map(\.value)
    }

    /// The digits of a UUID in lower case; nil if there are none. libvirt accepts dashes anywhere and both cases
    /// (viruuid.c, `virUUIDParse`).
    static func normalized(uuid: String) -> String? {
        let digits = String(String.UnicodeScalarView(uuid.unicodeScalars.filter { $0 != "-" && !$0.properties.isWhitespace })).lowercased()
        return digits.isEmpty ? nil : digits
    }
}
