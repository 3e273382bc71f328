/// What a guest notices of its CPU and its hypervisor when one version of its definition replaces another.
public struct GuestChange: Sendable, Equatable {
    /// The differences, the most important first.
    public internal(set) var items: [Item] = []
    /// Reasons why the guest may notice more than `items`: what the definitions and the hosts do not show. Empty if
    /// nothing is uncertain.
    public internal(set) var doubts: [String] = []
    /// The domain capabilities of the hosts would remove one of the doubts.
    public internal(set) var needsHost = false

    /// The hosts' processors show no difference, and the only doubt is that their domain capabilities are not known.
    public internal(set) var isLikelyNone = false

    /// The definition spells out the CPU that host-model gave the guest on one of the hosts, but not on another.
    public internal(set) var isFreezing = false

    /// No change.
    public init() {}

    /// The guest notices nothing: there are no differences and no doubts.
    public var isNone: Bool { items.isEmpty && doubts.isEmpty }

    /// The guest notices nothing, as far as the hosts that are known can show.
    var isNoneAsFarAsKnown: Bool { items.isEmpty && doubts.count == (isLikelyNone ? 1 : 0) }

    /// A property of the CPU or the hypervisor that software in the guest can see.
    public enum Aspect: String, Sendable, CaseIterable {
        /// The domain's type: `kvm`, `qemu`.
        case virtualisation
        /// libvirt's name of the architecture.
        case architecture
        /// The name of the CPU model, or the mode if there is no model.
        case cpu
        /// CPUID leaves 0x80000002–4. They depend on the name of the model.
        case brand = "brand string"
        /// CPUID leaf 0.
        case vendor
        /// CPUID leaf 1, register EAX.
        case signature
        /// Whether the guest can run guests of its own (`svm`, `vmx`).
        case nestedVirtualisation = "nested virtualisation"
        /// CPU features that the guest gets in addition.
        case featuresGained = "features gained"
        /// CPU features that the guest no longer gets.
        case featuresLost = "features lost"
        /// The numbers of sockets, cores and threads.
        case topology
        /// The width of physical addresses (CPUID leaf 0x80000008).
        case physicalAddresses = "physical addresses"
        /// CPUID leaf 4.
        case caches
        /// CPUID leaf 0x40000000: KVM, Hyper-V, or neither.
        case hypervisor
        /// The features in the leaves of Hyper-V.
        case enlightenments
        /// Other paravirtual features (`kvmclock`, `pmu`).
        case paravirtualisation
        /// The machine type, if the CPU is its default, or if the model is another one on it.
        case machine = "machine type"
        /// The value of `-cpu` in `qemu:commandline`.
        case commandLine = "-cpu"
        /// Properties of the CPU that `-global` in `qemu:commandline` sets.
        case globals = "-global"
    }

    /// One difference.
    public struct Item: Sendable, Equatable, CustomStringConvertible {
        /// The property that differs.
        public var aspect: Aspect
        /// The old value in words. Empty if the item lists `features`.
        public var old: String
        /// The new value in words. Empty if the item lists `features`.
        public var new: String
        /// The features that the guest gains or loses, in the order of the CPU map. Empty for other aspects.
        public var features: [String] = []
        /// The difference does not suggest another processor: for example, a different number of vCPUs, or another
        /// enlightenment.
        public var isMinor = false

        /// One line: `brand string: QEMU Virtual CPU version 2.5+ → Intel Core Processor (Haswell)`.
        public var description: String { aspect == .cpu ? value : "\(aspect.rawValue): \(value)" }

        /// As `description`, but without the name of the aspect.
        public var value: String { features.isEmpty ? "\(old) → \(new)" : listing(features) }
    }

    mutating func add(_ aspect: Aspect, _ old: String, _ new: String, isMinor: Bool = false) {
        items.append(Item(aspect: aspect, old: old, new: new, isMinor: isMinor))
    }

    mutating func add(_ aspect: Aspect, _ features: [String]) {
        if features.isEmpty { return }
        for name in features where name == "svm" || name == "vmx" {
            let words = aspect == .featuresGained ? ("off", "on (\(name))") : ("on (\(name))", "off")
            add(.nestedVirtualisation, words.0, words.1)
        }
        items.append(Item(aspect: aspect, old: "", new: "", features: features))
    }

    mutating func doubt(_ why: String, isForHost: Bool = false) {
        if isForHost { needsHost = true }
        if !doubts.contains(why) { doubts.append(why) }
    }
}
