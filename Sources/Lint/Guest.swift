import DomainXML

/// The architecture of a guest, as far as rules and targets tell them apart.
public struct Architecture: Sendable, Equatable, CustomStringConvertible {
    /// libvirt's name: `x86_64`.
    public let name: String
    public let family: Family
    /// Told from the host or taken for granted: the definition does not say.
    public var isAssumed = false

    public enum Family: Sendable { case x86, arm64, arm, ppc64, s390, riscv64, loongarch64, other }

    public init(name: String, isAssumed: Bool = false) {
        self.name = name
        self.isAssumed = isAssumed
        family = Self.family(of: name)
    }

    private static func family(of name: String) -> Family {
        switch name {
        case "x86_64", "i686": .x86
        case "aarch64": .arm64
        case "armv7l", "armv6l", "armv7b": .arm
        case "ppc64", "ppc64le": .ppc64
        case "s390x", "s390": .s390
        case "riscv64": .riscv64
        case "loongarch64": .loongarch64
        default: .other
        }
    }

    public var description: String { name }
}

/// A domain, and what it is.
public struct Guest {
    public let domain: Domain
    public let document: Document
    public let hypervisor: Hypervisor
    public let architecture: Architecture
    /// Why it is taken for Windows; `nil` when it is not.
    public internal(set) var windows: String?
    public let osinfoID: String?

    public enum Hypervisor: Sendable, Equatable {
        /// `kvm` and `hvf`: hardware virtualisation.
        case hardware
        /// `qemu`: emulation.
        case emulated
        /// xen, lxc, vz, bhyve, vmware, test…
        case other(String)
    }

    /// - Parameter hostArchitecture: taken for a definition that names none, as libvirt does.
    public init(_ domain: Domain, in document: Document, hostArchitecture: String? = nil) {
        self.domain = domain
        self.document = document
        hypervisor = Self.hypervisor(of: domain)
        architecture = Self.architecture(of: domain, hostArchitecture: hostArchitecture)
        osinfoID = domain[domain.osinfoID]
        windows = Self.windowsEvidence(domain)
    }

    public var cpu: CPU? { domain.cpu }
    public var isX86: Bool { architecture.family == .x86 }
    public var isManaged: Bool { hypervisor == .hardware || hypervisor == .emulated }

    private static func hypervisor(of domain: Domain) -> Hypervisor {
        if domain.is(domain.type, "kvm") || domain.is(domain.type, "hvf") { return .hardware }
        if domain.is(domain.type, "qemu") { return .emulated }
        return .other(domain[domain.type] ?? "")
    }

    private static func architecture(of domain: Domain, hostArchitecture: String?) -> Architecture {
        if domain.is(domain.arch, "x86_64") { return Architecture(name: "x86_64") }
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
