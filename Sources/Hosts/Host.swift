public import CPUModel
import XMLTree

/// A machine that must be able to run the guests.
public struct Host: Sendable {
    /// For messages: file name, URI host, or `local`.
    public var name: String
    /// The file that its CPU is from, or else the first that speaks of it; nil for other sources.
    public var file: String?
    /// `/capabilities/host/cpu`: what `virsh capabilities` says of it, or what CPUID data were decoded to. Nil where
    /// only domain capabilities are known.
    public var cpu: CPUDefinition?
    /// What its hypervisors can give to guests: one for each architecture, virtualisation type, machine and emulator
    /// that is known. See `domainCapabilities(for:)`.
    public var domainCapabilities: [DomainCapabilities]
    /// `/capabilities/guest`: what it runs.
    public var guestSupport: [GuestSupport]
    /// The model-specific registers were read too. CPUID alone leaves their features (`rdctl-no`, `vmx-*`) open.
    public var hasModelSpecificRegisters: Bool
    /// Which of the guests that are judged it was named for: a host of another architecture may be a mistake.
    public enum Scope: Sendable {
        /// Perhaps none: a policy's hosts may be there for others.
        case any
        /// At least one.
        case some
        /// All of them.
        case every
    }
    /// `any` until it is set.
    public var scope = Scope.any
    /// Where more can be asked, for a host that is named by a URI.
    public var connection: LibvirtConnection?

    /// Nothing is read or asked: the parts are as the caller has them.
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

    /// libvirt's name of its architecture (`x86_64`): its CPU's, or else that of hardware-virtualised guests.
    public var architecture: String? {
        cpu?.architecture ?? domainCapabilities.first { $0.platform.isAccelerated }?.platform.architecture
    }
}

/// Why a host source cannot be read.
public struct HostError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A file, a URI, or `local`.
    public var file: String
    /// 1-based; 0 where no place is meant.
    public var line: Int
    /// 1-based; 0 where no place is meant.
    public var column: Int
    /// In one line, without the place.
    public var message: String

    /// Line and column count from 1; 0 where no place is meant.
    public init(file: String, line: Int = 0, column: Int = 0, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `FILE:LINE:COLUMN: error: MESSAGE`, or `FILE: error: MESSAGE` where no place is meant.
    public var description: String {
        line > 0 ? "\(file):\(line):\(max(column, 1)): error: \(message)" : "\(file): error: \(message)"
    }
}

/// `<guest>` of capabilities: an architecture that the host runs, and by what.
public struct GuestSupport: Sendable, Equatable {
    /// libvirt's name: `x86_64`.
    public var architecture: String
    /// `kvm`, `qemu`.
    public var virtTypes: [String]
    /// Paths.
    public var emulators: [String]
    /// Names and aliases.
    public var machines: Set<String>
    /// Canonical names by alias: `pc-q35-9.2` for `q35`.
    public var canonicalMachines: [String: String]

    /// Names are libvirt's, which is not checked.
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

extension Host {
    /// Domain capabilities, and whether they are those of the platform that was asked for.
    public struct KnownCapabilities: Sendable {
        /// The platform's, or the nearest that are known.
        public var capabilities: DomainCapabilities
        /// False where the emulator, or beyond x86 the machine, is another one: near enough for a hint, not for a
        /// verdict.
        public var isOwn: Bool
    }

    /// The domain capabilities for a guest's architecture, virtualisation type, machine and emulator.
    ///
    /// Architecture and virtualisation type must agree. What the guest leaves open fits anything. On x86, libvirt's
    /// answer about CPUs does not depend on the machine (qemu_capabilities.c, `virQEMUCapsFillDomainCPUCaps`). A host
    /// named by a URI is asked, once for each platform.
    ///
    /// - Returns: nil where nothing is known of the platform.
    /// - Throws: `HostError` when a host named by a URI does not answer.
    public func domainCapabilities(for guest: DomainPlatform) throws(HostError) -> KnownCapabilities? {
        if let known = nearest(to: guest), known.isOwn { return known }
        guard let connection else { return nearest(to: guest) }
        let support = guestSupport.filter { $0.architecture == guest.architecture }
        if support.isEmpty { return nil }
        // libvirtd runs the emulator that it is asked about, and each machine is a query: only what the host itself
        // lists is passed on.
        var asked = guest
        let isListed = support.contains { guest.emulator.map($0.emulators.contains) ?? false }
        if !isListed { asked.emulator = nil }
        if !support.contains(where: { guest.machine.map($0.machines.contains) ?? false }) { asked.machine = nil }
        let answer = try connection.domainCapabilities(for: asked)
        let isOwn = (isListed || isSameEmulator(answer.platform, guest)) && (guest.isX86 || isSameMachine(answer.platform, guest))
        return KnownCapabilities(capabilities: answer, isOwn: isOwn)
    }

    private func nearest(to guest: DomainPlatform) -> KnownCapabilities? {
        var best: (distance: Int, capabilities: DomainCapabilities)?
        for candidate in domainCapabilities {
            guard let distance = distance(from: candidate.platform, to: guest) else { continue }
            if distance < best?.distance ?? .max { best = (distance, candidate) }
        }
        return best.map { KnownCapabilities(capabilities: $0.capabilities, isOwn: isOwn($0.capabilities.platform, for: guest)) }
    }

    private func distance(from known: DomainPlatform, to guest: DomainPlatform) -> Int? {
        guard known.architecture == guest.architecture, known.virtType == guest.virtType else { return nil }
        return (isSameEmulator(known, guest) ? 0 : 2) + (isSameMachine(known, guest) ? 0 : 1)
    }

    private func isOwn(_ known: DomainPlatform, for guest: DomainPlatform) -> Bool {
        guard known.architecture == guest.architecture, known.virtType == guest.virtType else { return false }
        return isSameEmulator(known, guest) && (known.isX86 || isSameMachine(known, guest))
    }

    private func isSameEmulator(_ known: DomainPlatform, _ guest: DomainPlatform) -> Bool {
        guard let left = known.emulator, let right = guest.emulator else { return true }
        return left == right
    }

    private func isSameMachine(_ known: DomainPlatform, _ guest: DomainPlatform) -> Bool {
        guard let left = known.machine, let right = guest.machine else { return true }
        return canonical(left, known.architecture) == canonical(right, guest.architecture)
    }

    private func canonical(_ machine: String, _ architecture: String) -> String {
        for support in guestSupport where support.architecture == architecture {
            if let name = support.canonicalMachines[machine] { return name }
        }
        return machine
    }
}

extension Host {
    /// The CPU of a document that is one `<cpu>`, as `virsh cpu-compare` takes it; `nil` for any other document.
    ///
    /// - Throws: `CPUElementError` for words that libvirt refuses.
    public static func bareCPU(_ bytes: [UInt8]) throws(CPUElementError) -> CPUDefinition? {
        guard let root = try? XMLElement(parsing: bytes), root.name == "cpu" else { return nil }
        return try CPUDefinition(root)
    }
}
