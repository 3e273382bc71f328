public import DomainXML
import LibvirtWords

/// A domain, and the facts about its guest that follow from the definition.
///
/// A class, because a guest is passed to many functions, and a class reference is cheap to copy.
public final class Guest {
    /// The definition. It is valid only inside the handler that received it.
    public let domain: Domain
    /// The document that contains the domain. It is valid as long as the domain.
    public let document: Document
    /// What runs the guest, by `/domain@type`.
    public let hypervisor: Hypervisor
    /// `/domain/os/type@arch`. If a definition has no such attribute, the architecture of the emulator is assumed, then
    /// that of the host, then x86_64.
    public let architecture: Architecture
    /// Why the guest is recognised as Windows, in words; nil if it is not.
    public let windows: String?
    /// How certain it is that the guest is Windows; nil if it is not recognised as Windows.
    public let windowsGrade: WindowsEvidence.Grade?
    /// The policy states whether the guest is Windows, so `windows` does not depend on the definition.
    let isOSStated: Bool
    /// QEMU runs the guest (types `kvm`, `hvf`, `qemu`, and `hyperv` with a QEMU). Other guests are never rewritten.
    public let isManaged: Bool

    /// What runs a guest, by the domain's `type`.
    public enum Hypervisor: Sendable, Equatable {
        /// Types `kvm` and `hvf`, and `hyperv` with a QEMU as emulator: hardware virtualisation.
        case hardware
        /// Type `qemu`: emulation.
        case emulated
        /// Every other type, such as `xen`, `lxc` or `test`. Empty for a domain without a type.
        case other(String)

        /// QEMU runs the guest.
        var isManaged: Bool {
            switch self {
            case .hardware, .emulated: true
            case .other: false
            }
        }
    }

    /// - Parameters:
    ///   - domain: must be valid as long as the guest is used.
    ///   - document: the document that contains the domain.
    ///   - hostArchitecture: used for a definition that states no architecture and no emulator, as libvirt does.
    public init(_ domain: Domain, in document: Document, hostArchitecture: String? = nil) {
        self.domain = domain
        self.document = document
        hypervisor = Self.hypervisor(of: domain)
        isManaged = hypervisor.isManaged
        architecture = Self.architecture(of: domain, hostArchitecture: hostArchitecture)
        let evidence = WindowsEvidence.find(in: domain)
        windows = evidence?.description
        windowsGrade = evidence?.grade
        isOSStated = false
    }

    /// The same guest, but with the policy's statement about Windows.
    ///
    /// - Parameter windows: nil if the policy states that the guest is not Windows.
    init(_ other: Guest, windows: String?) {
        isOSStated = true
        domain = other.domain
        document = other.document
        hypervisor = other.hypervisor
        isManaged = other.isManaged
        architecture = other.architecture
        self.windows = windows
        windowsGrade = windows == nil ? nil : .certain
    }

    /// The place for a finding about the CPU as a whole: the start tag of `<cpu>`, or of `<domain>` if there is no `<cpu>`.
    var cpuPlace: ByteRange { cpu?.element.startTag ?? domain.element.startTag }
    /// `/domain/name` for a report, shortened; nil if it is absent.
    private(set) lazy var shownName = domain[domain.name?.text].map { shortened($0) }
    /// `/domain/uuid` as it is written, shortened; nil if it is absent.
    private(set) lazy var shownUUID = domain[domain.uuid?.text].map { shortened($0) }

    /// The libosinfo id in the metadata, a URL (`http://redhat.com/rhel/9.4`); nil if there is none.
    public var osinfoID: String? { domain[domain.osinfoID] }

    /// The domain's `<cpu>`. Inside `Domain.with(cpu:_:)`, it is the replaced one.
    public var cpu: CPU? { domain.cpu }

    /// The guest's memory exists, so the guest is running, is saved or is being migrated. This is shown by libvirt's
    /// record of a running domain, or by `check='full'` on a named model, which libvirt writes when it has read the CPU back
    /// from QEMU. On host-passthrough, host-model and maximum only an author writes it, and libvirt starts such a guest
    /// (tried with 9.0).
    public var hasMemory: Bool {
        guard !domain.isRunning, let cpu else { return domain.isRunning }
        return cpu.check?.value == .full && cpu.effectiveMode == .custom && cpu.namedModel != nil
    }

    /// The architecture is x86_64 or i686.
    public var isX86: Bool { architecture.family == .x86 }

    /// The guest's CPU depends on the host where the guest starts. Otherwise the definition names the whole CPU.
    package var followsHost: Bool {
        guard let cpu else { return false }
        switch cpu.effectiveMode {
        case .hostModel, .hostPassthrough, .maximum: return true
        default: return cpu.match?.value == .minimum && cpu.namedModel != nil
        }
    }

    /// QEMU has a CPU `max` for an emulated guest of this architecture and machine.
    var hasEmulatedMaximum: Bool { architecture.facts.hasEmulatedMaximum && !hasBoardWithOneCPU }

    /// QEMU emulates a board that takes one CPU only.
    var hasBoardWithOneCPU: Bool {
        guard architecture.family == .arm || architecture.family == .arm64, hypervisor == .emulated else { return false }
        return domain[domain.machine].map(EmulatedBoard.withOneCPU.contains) ?? false
    }

    /// `-cpu` among the arguments in `<qemu:commandline>`: the guest gets that CPU, whatever `<cpu>` says. QEMU takes the
    /// last of its command line, and these arguments come behind those that libvirt makes of `<cpu>`.
    var commandlineCPU: DecodedText? {
        guard isManaged, !domain.qemuArguments.isEmpty else { return nil }
        return domain.qemuArguments.last(where: domain.isCPUOption)
    }

    /// QEMU takes one of the arguments for its option `-cpu`, and not for the value of the option before it (`-name -cpu`).
    /// An option that is not in the list below is assumed to have a value: then `<cpu>` is judged, too.
    var isCPUUnused: Bool {
        guard commandlineCPU != nil else { return false }
        var rest = domain.qemuArguments[...]
        while let argument = rest.popFirst() {
            if domain.isCPUOption(argument) { return !rest.isEmpty }
            let name = domain[argument].drop { $0 == "-" }
            if domain[argument].hasPrefix("-"), !Self.optionsWithoutValue.contains(String(name)) { _ = rest.popFirst() }
        }
        return false
    }

    /// The options that have no value, by `qemu-system-x86_64 --help` of QEMU 7.2.
    private static let optionsWithoutValue: Set = [
        "S", "s", "audio-help", "daemonize", "enable-kvm", "enable-sync-profile", "full-screen", "h", "help", "mem-prealloc",
        "no-acpi", "no-fd-bootchk", "no-hpet", "no-reboot", "no-shutdown", "no-user-config", "nodefaults", "nographic",
        "only-migratable", "portrait", "preconfig", "singlestep", "snapshot", "usb", "version", "win2k-hack", "xen-attach",
        "xen-domid-restrict",
    ]

    private static func hypervisor(of domain: Domain) -> Hypervisor {
        if domain.is(domain.type, "kvm") || domain.is(domain.type, "hvf") { return .hardware }
        if domain.is(domain.type, "qemu") { return .emulated }
        // QEMU on Microsoft's hypervisor (mshv). Without a QEMU, libvirt's driver for Hyper-V runs the domain.
        if domain.is(domain.type, "hyperv"), let emulator = domain[domain.emulator?.text],
            emulator.split(separator: "/").last?.hasPrefix("qemu-") == true
        {
            return .hardware
        }
        return .other(domain[domain.type] ?? "")
    }

    private static func architecture(of domain: Domain, hostArchitecture: String?) -> Architecture {
        if domain.is(domain.arch, "x86_64") { return .x86_64 }
        if let arch = domain[domain.arch] { return Architecture(name: arch) }
        let prefix = "qemu-system-"
        if let name = domain[domain.emulator?.text]?.split(separator: "/").last, name.hasPrefix(prefix) {
            let target = String(name.dropFirst(prefix.count))
            return Architecture(name: ArchitectureFacts.name(fromEmulator: target), isAssumed: true)
        }
        return Architecture(name: hostArchitecture ?? Architecture.defaultName, isAssumed: true)
    }
}
