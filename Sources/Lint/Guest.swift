public import DomainXML

/// A domain, and what it is.
///
/// A class, so that handing a guest about is one retain.
public final class Guest {
    /// Valid inside the handler that received it.
    public let domain: Domain
    /// The one that the domain was handed out with; valid as long as the domain.
    public let document: Document
    /// Told from `/domain@type`.
    public let hypervisor: Hypervisor
    /// `/domain/os/type@arch`; else assumed from the emulator's name, the host, and at last x86_64.
    public let architecture: Architecture
    /// Why it is taken for Windows; `nil` when it is not.
    public let windows: String?
    /// `windows` is the policy's word, whatever the definition looks like.
    let isOSStated: Bool
    /// QEMU runs it (`kvm`, `hvf`, `qemu`): targets leave every other guest as it is.
    public let isManaged: Bool

    /// What runs a guest, told from the domain's `type`.
    public enum Hypervisor: Sendable, Equatable {
        /// `kvm` and `hvf`: hardware virtualisation.
        case hardware
        /// `qemu`: emulation.
        case emulated
        /// xen, lxc, vz, bhyve, vmware, test…
        case other(String)

        /// QEMU runs it.
        var isManaged: Bool {
            switch self {
            case .hardware, .emulated: true
            case .other: false
            }
        }
    }

    /// - Parameter hostArchitecture: taken for a definition that names none, as libvirt does.
    public init(_ domain: Domain, in document: Document, hostArchitecture: String? = nil) {
        self.domain = domain
        self.document = document
        hypervisor = Self.hypervisor(of: domain)
        isManaged = hypervisor.isManaged
        architecture = Self.architecture(of: domain, hostArchitecture: hostArchitecture)
        windows = Self.windowsEvidence(domain)
        isOSStated = false
    }

    /// The same guest, where the policy says whether it is Windows.
    init(_ other: Guest, windows: String?) {
        isOSStated = true
        domain = other.domain
        document = other.document
        hypervisor = other.hypervisor
        isManaged = other.isManaged
        architecture = other.architecture
        self.windows = windows
    }

    /// The libosinfo id, a URL (`http://redhat.com/rhel/9.4`); nil when the metadata has none.
    public var osinfoID: String? { domain[domain.osinfoID] }

    /// The domain's, as it reads inside `Domain.with(cpu:_:)` too.
    public var cpu: CPU? { domain.cpu }
    /// The memory exists: libvirt's own file of a running domain, or a `<cpu>` as libvirt has it from QEMU, which is
    /// what migration, restoring and reverting bring.
    public var hasMemory: Bool { domain.isRunning || cpu?.check?.value == .full }
    /// x86_64 or i686.
    public var isX86: Bool { architecture.family == .x86 }

    /// What the guest's CPU is, is decided by the host that it starts on. Any other is spelt out already.
    var followsHost: Bool {
        guard let cpu else { return false }
        switch cpu.effectiveMode {
        case .hostModel, .hostPassthrough, .maximum: return true
        default: return cpu.match?.value == .minimum && cpu.namedModel != nil
        }
    }

    /// QEMU has a CPU `max` for it under emulation.
    var hasEmulatedMaximum: Bool { architecture.facts.hasEmulatedMaximum }

    private static func hypervisor(of domain: Domain) -> Hypervisor {
        if domain.is(domain.type, "kvm") || domain.is(domain.type, "hvf") { return .hardware }
        if domain.is(domain.type, "qemu") { return .emulated }
        return .other(domain[domain.type] ?? "")
    }

    private static func architecture(of domain: Domain, hostArchitecture: String?) -> Architecture {
        if domain.is(domain.arch, "x86_64") { return .x86_64 }
        if let arch = domain[domain.arch] { return Architecture(name: arch) }
        let prefix = "qemu-system-"
        if let name = domain[domain.emulator?.text]?.split(separator: "/").last, name.hasPrefix(prefix) {
            let binary = name.dropFirst(prefix.count)
            return Architecture(name: binary == "i386" ? "i686" : String(binary), isAssumed: true)
        }
        return Architecture(name: hostArchitecture ?? "x86_64", isAssumed: true)
    }

    /// The libosinfo id decides; without one, what only Windows uses does.
    private static func windowsEvidence(_ domain: Domain) -> String? {
        if let id = domain.osinfoID {
            let isMicrosoft = domain.withUTF8(id) { bytes in
                startsWith(bytes, "http://microsoft.com/") || startsWith(bytes, "https://microsoft.com/")
            }
            // MS-DOS has an id too, and nothing to activate.
            guard isMicrosoft, !domain.withUTF8(id, { startsWith($0, "http://microsoft.com/msdos/") }) else { return nil }
            return "libosinfo id \(domain[id])"
        }
        if domain.is(domain.hypervMode, "passthrough") { return "Hyper-V enlightenments (hyperv mode='passthrough')" }
        if let flag = domain.enlightenments.first(where: { $0.state == nil || domain.is($0.state, "on") }) {
            return "Hyper-V enlightenments (\(domain[flag.name]))"
        }
        if domain.timers.contains(where: { domain.is($0.name, "hypervclock") && !domain.is($0.present, "no") }) {
            return "timer hypervclock"
        }
        if domain.is(domain.clockOffset, "localtime"), let name = domain[domain.name?.text],
            looksLikeWindows(name.lowercased())
        {
            return "clock offset='localtime' and the name \(quoted(name))"
        }
        return nil
    }

    private static func looksLikeWindows(_ name: String) -> Bool {
        guard let place = name.firstRange(of: "win") else { return false }
        // "darwin" and "twin" are none.
        let before = name[..<place.lowerBound].last
        return before == nil || !before!.isLetter || name.contains("windows")
    }
}

func startsWith(_ bytes: UnsafeBufferPointer<UInt8>, _ prefix: StaticString) -> Bool {
    bytes.count >= prefix.utf8CodeUnitCount
        && (0..<prefix.utf8CodeUnitCount).allSatisfy { bytes[$0] == prefix.utf8Start[$0] }
}
