@_exported public import LibvirtWords

/// What `/domain/cpu` says, with the place of every part. CPUKeywords and names are libvirt's
/// (`formatdomain`, "CPU model and topology").
public struct CPU: Sendable, Equatable {
    /// A box, so that handing a CPU about is one retain instead of copying a kilobyte with three arrays in it, which
    /// the rules did 30 times a domain.
    private let box: Box

    private final class Box: Sendable {
        let parts: Parts
        init(_ parts: Parts) { self.parts = parts }
    }

    init(_ parts: Parts) { box = Box(parts) }

    var parts: Parts { box.parts }

    /// Compares the places of all parts, not the decoded text behind them: means something for CPUs of one domain only.
    public static func == (a: CPU, b: CPU) -> Bool { a.box === b.box || a.parts == b.parts }

    /// The whole `<cpu>`; of a CPU that a rewrite puts into a domain without one, the domain's start tag.
    public var element: Element { box.parts.element }
    /// `mode` as written; nil when absent. What it comes to is `effectiveMode`.
    public var mode: Word<Mode>? { box.parts.mode }
    /// `match`; nil when absent, which libvirt takes for `exact`.
    public var match: Word<Match>? { box.parts.match }
    /// `check`; nil when absent: libvirt's default, which depends on the mode and the virtualisation type.
    public var check: Word<Check>? { box.parts.check }
    /// `migratable`, which libvirt takes under host-passthrough and maximum only: `on` leaves out features that cannot
    /// migrate.
    public var migratable: Word<Switch>? { box.parts.migratable }
    /// `deprecated_features` (libvirt 9.0 does not know it): `off` disables what the hypervisor calls deprecated, nil
    /// means `on` (libvirt commit 62658bbf).
    public var deprecatedFeatures: Word<Switch>? { box.parts.deprecatedFeatures }
    /// The first `<model>`; nil when there is none.
    public var model: Model? { box.parts.model }
    /// The vendor that the host must have.
    public var vendor: TextElement? { box.parts.vendor }
    /// Every `<feature>` in document order, a name that comes twice too.
    public var features: [Feature] { box.parts.features }
    /// The first `<topology>`: libvirt reads no other.
    public var topology: Topology? { box.parts.topology }
    /// Every `<cache>` in document order; libvirt refuses a second one.
    public var caches: [Cache] { box.parts.caches }
    /// The first `<maxphysaddr>`: libvirt reads no other.
    public var maxPhysAddr: MaxPhysAddr? { box.parts.maxPhysAddr }
    /// The first `<numa>`, of which only the place is read.
    public var numa: Element? { box.parts.numa }
    /// Every child in document order.
    public var children: [Child] { box.parts.children }

    public typealias Mode = CPUMode
    public typealias Match = CPUMatch
    public typealias Check = CPUCheck
    public typealias Switch = OnOff
    public typealias Fallback = ModelFallback
    public typealias Policy = FeaturePolicy
    public typealias CacheMode = LibvirtWords.CacheMode
    public typealias AddressMode = LibvirtWords.AddressMode

    /// `<model>`: the CPU model that is named, and how libvirt is to take it.
    public struct Model: Sendable, Equatable {
        /// The element and the name in it, which is empty in `<model/>`.
        public var name: TextElement
        /// nil when absent, which means `allow`.
        public var fallback: Word<Fallback>?
        /// The vendor string that the guest sees, 12 characters.
        public var vendorID: Text?
    }

    /// `<feature>`: one feature that is added to the model or taken from it.
    public struct Feature: Sendable, Equatable {
        /// The whole `<feature>`.
        public var element: Element
        /// libvirt's name of the feature; nil when absent, which libvirt refuses.
        public var name: Text?
        /// Absent means `require`.
        public var policy: Word<Policy>?
    }

    /// `<topology>`: counts as written, in decimal. Their product must be the maximum number of vCPUs.
    public struct Topology: Sendable, Equatable {
        /// The whole `<topology>`.
        public var element: Element
        /// Sockets of the guest; libvirt refuses a topology without.
        public var sockets: Text?
        /// Dies of a socket; nil means 1.
        public var dies: Text?
        /// Clusters of a die (libvirt 9.0 does not know them); nil means 1.
        public var clusters: Text?
        /// Cores of a cluster; libvirt refuses a topology without.
        public var cores: Text?
        /// Threads of a core; libvirt refuses a topology without.
        public var threads: Text?
    }

    /// `<cache>`: what the guest is told of its CPU's caches.
    public struct Cache: Sendable, Equatable {
        /// The whole `<cache>`.
        public var element: Element
        /// 1 to 3 as written; nil means caches of every level.
        public var level: Text?
        /// nil when absent, which libvirt refuses.
        public var mode: Word<CacheMode>?
    }

    /// `<maxphysaddr>`: how wide the guest's physical addresses are.
    public struct MaxPhysAddr: Sendable, Equatable {
        /// The whole `<maxphysaddr>`.
        public var element: Element
        /// nil when absent, which libvirt refuses.
        public var mode: Word<AddressMode>?
        /// The width in bits, in decimal as written; under `emulate` only.
        public var bits: Text?
        /// The most bits that `passthrough` gives, in decimal as written (libvirt 9.0 does not know it); nil for no
        /// limit.
        public var limit: Text?
    }

    /// An element, comment or processing instruction that stands directly in `<cpu>`.
    public struct Child: Sendable, Equatable {
        /// What libvirt makes of it.
        public var kind: Kind
        /// All of it, with tags or delimiters.
        public var span: ByteRange

        /// As what libvirt reads a child, if it does.
        public enum Kind: UInt8, Sendable {
            /// The first of its kind, except that each `<cache>` and each `<feature>` is one.
            case model, vendor, topology, cache, maxphysaddr, feature, numa
            /// A second `<model>` or `<vendor>`: libvirt reads the first.
            case surplus
            /// An element that libvirt does not read here, or a second one of another kind that it reads once.
            case other
            /// Read by nobody; a rewrite leaves them where they stand.
            case comment, processingInstruction
        }
    }

    /// What is read, while it is being read or changed.
    struct Parts: Sendable, Equatable {
        var element: Element
        var mode: Word<Mode>?
        var match: Word<Match>?
        var check: Word<Check>?
        var migratable: Word<Switch>?
        var deprecatedFeatures: Word<Switch>?
        var model: Model?
        var vendor: TextElement?
        var features: [Feature] = []
        var topology: Topology?
        var caches: [Cache] = []
        var maxPhysAddr: MaxPhysAddr?
        var numa: Element?
        var children: [Child] = []
    }
}

extension CPU {
    /// The mode in effect: `custom` when none is given; `nil` for a word that libvirt does not know.
    public var effectiveMode: Mode? { mode == nil ? .custom : mode?.value }

    /// A model libvirt would see: an empty `<model/>` is none.
    public var namedModel: Text? {
        guard let text = model?.name.text, !text.isEmpty else { return nil }
        return text
    }
}

extension CPU.Feature {
    /// The policy in effect; `nil` for a word that libvirt does not know.
    public var effectivePolicy: CPU.Policy? { policy == nil ? .require : policy?.value }
}
