public import CPUModel
public import DomainXML
public import Hosts

/// All of a guest that a later version is held against: copied out of the stream, because a `Domain` is valid only
/// inside the handler that receives it.
public struct GuestRecord: Sendable, Equatable {
    /// `/domain/name`; nil when absent or empty.
    public let name: String?
    /// `/domain/uuid` in lower case without dashes, as libvirt compares it; nil when absent or empty.
    public let uuid: String?
    /// What the definition stood in.
    public let container: Domain.Container
    /// What runs it, and on what machine.
    public let platform: DomainPlatform
    /// As of the guest.
    public let hypervisor: Guest.Hypervisor
    /// As of the guest.
    public let architecture: Architecture
    /// Why it is taken for Windows; nil when it is not. A policy's word is not in it.
    public let windows: String?
    /// The libosinfo id, a URL; nil when the metadata has none.
    public let osinfoID: String?
    /// The CPU that it asks for.
    public let cpu: CPURequest
    /// What vCPUs look like to the guest.
    public let topology: Topology
    /// What `<features>` and `<clock>` make the hypervisor's CPUID leaves say.
    public let hypervisorLeaves: HypervisorLeaves
    /// The value of the last `-cpu` in `qemu:commandline`, which overrides `<cpu>`; nil without one.
    public let commandLineCPU: String?

    /// - Parameter guest: read as it is inside `Domain.with(cpu:_:)`, too.
    public init(_ guest: Guest) {
        let domain = guest.domain
        name = domain[domain.name?.text].flatMap { $0.isEmpty ? nil : $0 }
        uuid = domain[domain.uuid?.text].flatMap { Self.normalized(uuid: $0) }
        container = domain.container
        platform = DomainPlatform(guest)
        hypervisor = guest.hypervisor
        architecture = guest.architecture
        windows = guest.windows
        osinfoID = guest.osinfoID
        cpu = CPURequest(guest)
        topology = Topology(guest)
        hypervisorLeaves = HypervisorLeaves(guest)
        commandLineCPU = Self.commandLineCPU(domain)
    }

    /// libvirt takes a UUID with dashes anywhere and in either case (viruuid.c, `virUUIDParse`).
    static func normalized(uuid: String) -> String? {
        let digits = uuid.filter { $0 != "-" && !$0.isWhitespace }.lowercased()
        return digits.isEmpty ? nil : digits
    }

    /// Of several, QEMU takes the last.
    private static func commandLineCPU(_ domain: Domain) -> String? {
        let arguments = domain.qemuArguments
        var value: String?
        for (index, argument) in arguments.enumerated()
        where domain.is(argument, "-cpu") || domain.is(argument, "--cpu") {
            value = index + 1 < arguments.count ? domain[arguments[index + 1]] : ""
        }
        return value
    }
}

/// What `<cpu>` asks for, without places and without what is between libvirt and the host (`check`, `fallback`,
/// `<vendor>`).
public struct CPURequest: Sendable, Equatable {
    /// The mode, the model and its features; nil where there is no `<cpu>`, and where libvirt refuses its words.
    public let definition: CPUDefinition?
    /// The words of a `<cpu>` that libvirt refuses, as written; empty for any other.
    let refused: [String]
    /// `migratable` as it is in effect under host-passthrough and maximum; nil elsewhere.
    let isMigratable: Bool?
    /// `deprecated_features='off'`.
    let dropsDeprecatedFeatures: Bool
    /// A model without features, with check='none' and fallback='forbid'.
    let isUncheckedModel: Bool
    /// `level 3 emulate`, sorted.
    let caches: [String]
    /// In words; nil when absent.
    let physicalAddresses: String?

    init(_ guest: Guest) {
        let domain = guest.domain
        guard let cpu = guest.cpu else {
            definition = nil
            refused = []
            isMigratable = nil
            dropsDeprecatedFeatures = false
            isUncheckedModel = false
            caches = []
            physicalAddresses = nil
            return
        }
        let definition = CPUDefinition(cpu, in: domain)
        self.definition = definition
        refused = definition == nil ? Self.words(of: cpu, domain) : []
        switch definition?.mode {
        case .hostPassthrough, .maximum: isMigratable = cpu.migratable?.value != .off
        default: isMigratable = nil
        }
        dropsDeprecatedFeatures = cpu.deprecatedFeatures?.value == .off
        isUncheckedModel = cpu.effectiveMode == .custom && (cpu.match == nil || cpu.match?.value == .exact)
            && cpu.features.isEmpty && cpu.check?.value == CPU.Check.none && cpu.model?.fallback?.value == .forbid
            && cpu.model?.vendorID == nil
        caches = cpu.caches.map { cache in
            let level = domain[cache.level].map { "level \($0) " } ?? ""
            return level + (domain[cache.mode?.text] ?? "")
        }.sorted()
        physicalAddresses = cpu.maxPhysAddr.map { Self.describe($0, domain) }
    }

    private static func words(of cpu: CPU, _ domain: Domain) -> [String] {
        var words = [domain[cpu.mode?.text] ?? "", domain[cpu.match?.text] ?? "", domain[cpu.model?.name.text] ?? ""]
        words += cpu.features.map { "\(domain[$0.policy?.text] ?? "") \(domain[$0.name] ?? "")" }
        return words
    }

    private static func describe(_ width: CPU.MaxPhysAddr, _ domain: Domain) -> String {
        guard width.mode?.value == .passthrough else {
            return "\(domain[width.bits] ?? "?") bits"
        }
        return "the host's" + (domain[width.limit].map { ", at most \($0) bits" } ?? "")
    }
}

/// vCPUs as the guest sees them.
public struct Topology: Sendable, Equatable, CustomStringConvertible {
    /// Packages: without `<topology>`, each vCPU is one.
    public let sockets: Int
    /// Of a socket.
    public let dies: Int
    /// Of a die.
    public let clusters: Int
    /// Of a cluster.
    public let cores: Int
    /// Of a core.
    public let threads: Int
    /// `<topology>` says so.
    public let isGiven: Bool
    /// `<vcpu>`: the most that the guest can have, however many are plugged in (`current`).
    public let maximumVCPUs: Int

    init(_ guest: Guest) {
        let domain = guest.domain
        let vcpus = domain.vcpu.flatMap { wholeNumber(domain[$0.text]) } ?? 1
        maximumVCPUs = vcpus
        guard let given = guest.cpu?.topology else {
            sockets = vcpus
            (dies, clusters, cores, threads) = (1, 1, 1, 1)
            isGiven = false
            return
        }
        func count(_ text: Text?) -> Int { domain[text].flatMap { wholeNumber($0) } ?? 1 }
        sockets = count(given.sockets)
        dies = count(given.dies)
        clusters = count(given.clusters)
        cores = count(given.cores)
        threads = count(given.threads)
        isGiven = true
    }

    /// `1 socket × 4 cores × 2 threads`; dies and clusters where there are several.
    public var description: String {
        func part(_ count: Int, _ name: String) -> String { "\(count) \(name)\(count == 1 ? "" : "s")" }
        var parts = [part(sockets, "socket")]
        if dies != 1 { parts.append(part(dies, "die")) }
        if clusters != 1 { parts.append(part(clusters, "cluster")) }
        return (parts + [part(cores, "core"), part(threads, "thread")]).joined(separator: " × ")
    }
}

/// CPUID leaves from 0x40000000, by which software in the guest knows its hypervisor, and what else `<features>` and
/// `<clock>` alter. Of `acpi`, `apic`, `pae` and `hap`, QEMU makes nothing in CPUID.
public struct HypervisorLeaves: Sendable, Equatable {
    /// `<kvm><hidden state='on'/>`: QEMU's `kvm=off`.
    let isKVMHidden: Bool
    /// `hyperv mode='passthrough'`: whatever enlightenments the host knows.
    let isHyperVPassedThrough: Bool
    /// The Hyper-V leaves are there.
    let showsHyperV: Bool
    /// `<vendor_id value=…/>` of `<hyperv>`, switched on; nil is QEMU's `Microsoft Hv`.
    let hyperVVendor: String?
    /// The other enlightenments that are on, with their values; sorted, each once. `hypervclock` is one.
    let enlightenments: [String]
    /// What else is stated: `kvmclock off`, `pmu off`, `hint-dedicated on`; sorted.
    let others: [String]

    init(_ guest: Guest) {
        let domain = guest.domain
        isHyperVPassedThrough = domain.is(domain.hypervMode, "passthrough")
        var vendor: String?
        var on: [String] = [], others: [String] = []
        for flag in domain.enlightenments where flag.state == nil || domain.is(flag.state, "on") {
            if domain.is(flag.name, "vendor_id") {
                vendor = domain[flag.value]
            } else {
                on.append(domain[flag.name] + (domain[flag.value].map { " \($0)" } ?? ""))
            }
        }
        var isHidden = false
        for flag in domain.cpuidFlags {
            let isOn = flag.state == nil || domain.is(flag.state, "on")
            if domain.is(flag.name, "hidden") {
                isHidden = isOn
            } else if !domain.is(flag.name, "pmu") || isOn != Self.hasPMU(guest.cpu) {
                others.append("\(domain[flag.name]) \(isOn ? "on" : "off")")
            }
        }
        for timer in domain.timers {
            let isPresent = !domain.is(timer.present, "no")
            if domain.is(timer.name, "hypervclock") {
                if isPresent { on.append("hypervclock") }
            } else if domain.is(timer.name, "kvmclock") {
                if !isPresent { others.append("kvmclock off") }
            }
        }
        isKVMHidden = isHidden
        hyperVVendor = vendor
        showsHyperV = isHyperVPassedThrough || vendor != nil || !on.isEmpty
        enlightenments = on.sorted()
        self.others = others.sorted()
    }

    /// QEMU's default of `pmu` (target/i386/cpu.c: on for `max` and `host`).
    private static func hasPMU(_ cpu: CPU?) -> Bool {
        cpu?.effectiveMode == .hostPassthrough || cpu?.effectiveMode == .maximum
    }
}
