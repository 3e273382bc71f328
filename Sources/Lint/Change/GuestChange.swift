/// How what a guest sees of its CPU and its hypervisor differs between two versions of its definition.
public struct GuestChange: Sendable, Equatable {
    /// What differs, the weightiest first.
    public internal(set) var items: [Item] = []
    /// Why it cannot be known from the definitions and the hosts whether more has changed; empty where all is known.
    public internal(set) var doubts: [String] = []
    /// The hosts' domain capabilities would settle a doubt.
    public internal(set) var needsHost = false

    /// Nothing has changed until something is added.
    public init() {}

    /// The guest cannot tell the two versions apart.
    public var isNone: Bool { items.isEmpty && doubts.isEmpty }

    /// Something that a guest can look at.
    public enum Aspect: String, Sendable, CaseIterable {
        /// `kvm`, `qemu`…: a domain's type.
        case virtualisation
        case architecture
        /// The CPU model's name, or the mode that stands in its place.
        case cpu
        /// CPUID leaves 0x80000002–4, which follow the model's name.
        case brand = "brand string"
        /// CPUID leaf 0.
        case vendor
        /// CPUID leaf 1 EAX.
        case signature
        case featuresGained = "features gained"
        case featuresLost = "features lost"
        /// Sockets, cores and threads.
        case topology
        /// The width of physical addresses (CPUID leaf 0x80000008).
        case physicalAddresses = "physical addresses"
        /// CPUID leaf 4.
        case caches
        /// CPUID leaf 0x40000000: KVM, Hyper-V, or none.
        case hypervisor
        /// What Hyper-V leaves offer.
        case enlightenments
        /// Other paravirtual leaves (`kvmclock`, `pmu`).
        case paravirtualisation
        /// Where the CPU is the machine type's default.
        case machine = "machine type"
        /// `-cpu` in `qemu:commandline`.
        case commandLine = "-cpu"
    }

    /// One difference.
    public struct Item: Sendable, Equatable, CustomStringConvertible {
        public var aspect: Aspect
        /// In words; empty where `features` says it.
        public var old: String
        /// In words; empty where `features` says it.
        public var new: String
        /// Of the aspects `featuresGained` and `featuresLost`: in map order.
        public var features: [String] = []
        /// It does not say that the processor is another one: more vCPUs, an enlightenment more or less.
        public var isMinor = false

        /// `brand string: QEMU Virtual CPU version 2.5+ → Intel Core Processor (Haswell)`.
        public var description: String { aspect == .cpu ? value : "\(aspect.rawValue): \(value)" }

        /// The same without the aspect's name.
        public var value: String { features.isEmpty ? "\(old) → \(new)" : listing(features) }
    }

    mutating func add(_ aspect: Aspect, _ old: String, _ new: String, isMinor: Bool = false) {
        items.append(Item(aspect: aspect, old: old, new: new, isMinor: isMinor))
    }

    mutating func add(_ aspect: Aspect, _ features: [String]) {
        if !features.isEmpty { items.append(Item(aspect: aspect, old: "", new: "", features: features)) }
    }

    mutating func doubt(_ why: String, isForHost: Bool = false) {
        if isForHost { needsHost = true }
        if !doubts.contains(why) { doubts.append(why) }
    }
}

extension GuestChange {
    /// What the guest notices when one version takes the other's place.
    ///
    /// - Parameter hosts: those that run it. What follows the host is known only as far as they are.
    public static func between(_ old: GuestRecord, _ new: GuestRecord, on hosts: StartCheck) -> GuestChange {
        between(old, new, on: HostTargets(hosts))
    }

    static func between(_ old: GuestRecord, _ new: GuestRecord, on hosts: HostTargets) -> GuestChange {
        var comparison = GuestComparison(old: old, new: new, hosts: hosts)
        comparison.run()
        return comparison.change
    }
}

/// What a guest notices against its earlier version, for the rules.
///
/// A class, so that an inspection without one is no bigger.
final class SeenChange {
    let old: GuestRecord
    /// Where the earlier version stands.
    let file: String
    let what: GuestChange

    init(old: GuestRecord, file: String, what: GuestChange) {
        self.old = old
        self.file = file
        self.what = what
    }
}
