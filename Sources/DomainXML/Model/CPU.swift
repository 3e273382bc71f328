@_exported public import LibvirtWords

/// What `/domain/cpu` contains, with the place of every part.
///
/// Names and words are libvirt's ("CPU model and topology" in libvirt's `formatdomain` documentation).
public struct CPU: Sendable, Equatable {
    /// The parts, behind a reference, so that a copy of a `CPU` is one retain. The parts themselves are a kilobyte with
    /// three arrays.
    private let box: Box

    private final class Box: Sendable {
        let parts: Parts
        init(_ parts: Parts) { self.parts = parts }
    }

    init(_ parts: Parts) { box = Box(parts) }

    var parts: Parts { box.parts }

    /// Compares the places of all parts, not the decoded values. The result is meaningful only for two CPUs of the same
    /// domain.
    public static func == (a: CPU, b: CPU) -> Bool { a.box === b.box || a.parts == b.parts }

    /// The whole `<cpu>` element. For a CPU that a rewrite adds to a domain without one, this is the domain's start
    /// tag.
    public var element: Element { box.parts.element }
    /// `mode`, as written; nil when absent. ``effectiveMode`` is the mode that libvirt uses.
    public var mode: Keyword<Mode>? { box.parts.mode }
    /// `match`; nil when absent, and libvirt then uses `exact`.
    public var match: Keyword<Match>? { box.parts.match }
    /// `check`; nil when absent, and libvirt then uses a default that depends on the mode and the virtualisation type.
    public var check: Keyword<Check>? { box.parts.check }
    /// `migratable`: `on` leaves out features that cannot migrate. libvirt accepts it only under `host-passthrough` and
    /// `maximum`.
    public var migratable: Keyword<Switch>? { box.parts.migratable }
    /// `deprecated_features`: `off` disables the features that the hypervisor calls deprecated, and nil means `on`
    /// (libvirt commit 62658bbf). libvirt 9.0 does not know the attribute.
    public var deprecatedFeatures: Keyword<Switch>? { box.parts.deprecatedFeatures }
    /// The first `<model>`; nil when absent.
    public var model: Model? { box.parts.model }
    /// The first `<vendor>`: the vendor that the host's CPU must have; nil when absent.
    public var vendor: TextElement? { box.parts.vendor }
    /// Every `<feature>`, in document order. A name may occur twice.
    public var features: [Feature] { box.parts.features }
    /// The first `<topology>`, the only one that libvirt reads; nil when absent.
    public var topology: Topology? { box.parts.topology }
    /// Every `<cache>`, in document order. libvirt refuses more than one.
    public var caches: [Cache] { box.parts.caches }
    /// The first `<maxphysaddr>`, the only one that libvirt reads; nil when absent.
    public var maxPhysAddr: MaxPhysAddr? { box.parts.maxPhysAddr }
    /// The first `<numa>`, the only one that libvirt reads: the guest's NUMA cells; nil when absent.
    public var numa: NUMA? { box.parts.numa }
    /// Every child, in document order.
    public var children: [Child] { box.parts.children }

    /// The words of ``CPU/mode``.
    public typealias Mode = CPUMode
    /// The words of ``CPU/match``.
    public typealias Match = CPUMatch
    /// The words of ``CPU/check``.
    public typealias Check = CPUCheck
    /// The words of ``CPU/migratable`` and ``CPU/deprecatedFeatures``.
    public typealias Switch = OnOff
    /// The words of ``CPU/Model/fallback``.
    public typealias Fallback = ModelFallback
    /// The words of ``CPU/Feature/policy``.
    public typealias Policy = FeaturePolicy
    /// The words of ``CPU/Cache/mode``.
    public typealias CacheMode = LibvirtWords.CacheMode
    /// The words of ``CPU/MaxPhysAddr/mode``.
    public typealias AddressMode = LibvirtWords.AddressMode
    /// The words of ``CPU/NUMA/Cell/memAccess``.
    public typealias MemoryAccess = LibvirtWords.MemoryAccess
    /// The words of ``CPU/NUMA/Cell/discard``.
    public typealias YesNo = LibvirtWords.YesNo

    /// `<model>`: the name of a CPU model, and what libvirt may do when the hypervisor does not know it.
    public struct Model: Sendable, Equatable {
        /// The element and the name in it. The name of `<model/>` is empty.
        public var name: TextElement
        /// `fallback`; nil when absent, which means `allow`.
        public var fallback: Keyword<Fallback>?
        /// `vendor_id`: the vendor string that the guest sees, 12 characters; nil when absent.
        public var vendorID: DecodedText?
    }

    /// `<feature>`: one feature that is added to the model or removed from it.
    public struct Feature: Sendable, Equatable {
        /// The whole `<feature>`.
        public var element: Element
        /// libvirt's name of the feature; nil when absent, which libvirt refuses.
        public var name: DecodedText?
        /// `policy`, as written; nil when absent. ``effectivePolicy`` is the policy that libvirt uses.
        public var policy: Keyword<Policy>?
    }

    /// `<topology>`: the numbers as written, in decimal. Their product must be the maximum number of vCPUs.
    public struct Topology: Sendable, Equatable {
        /// The whole `<topology>`.
        public var element: Element
        /// The number of sockets; nil when absent, which libvirt refuses.
        public var sockets: DecodedText?
        /// The number of dies in a socket; nil means 1.
        public var dies: DecodedText?
        /// The number of clusters in a die; nil means 1. libvirt 9.0 does not know the attribute.
        public var clusters: DecodedText?
        /// The number of cores in a cluster; nil when absent, which libvirt refuses.
        public var cores: DecodedText?
        /// The number of threads in a core; nil when absent, which libvirt refuses.
        public var threads: DecodedText?
    }

    /// `<cache>`: what the guest sees of its CPU's caches.
    public struct Cache: Sendable, Equatable {
        /// The whole `<cache>`.
        public var element: Element
        /// The cache level as written, 1 to 3; nil means the caches of all levels.
        public var level: DecodedText?
        /// `mode`; nil when absent, which libvirt refuses.
        public var mode: Keyword<CacheMode>?
    }

    /// `<maxphysaddr>`: the number of bits in the guest's physical addresses.
    public struct MaxPhysAddr: Sendable, Equatable {
        /// The whole `<maxphysaddr>`.
        public var element: Element
        /// `mode`; nil when absent, which libvirt refuses.
        public var mode: Keyword<AddressMode>?
        /// The number of bits, in decimal as written; nil when absent. libvirt accepts it only under `emulate`.
        public var bits: DecodedText?
        /// The maximum number of bits under `passthrough`, in decimal as written; nil means no limit. libvirt 9.0 does
        /// not know the attribute.
        public var limit: DecodedText?
    }

    /// An element, a comment or a processing instruction directly inside `<cpu>`.
    public struct Child: Sendable, Equatable {
        /// What libvirt reads the child as.
        public var kind: Kind
        /// The whole child, including its tags or delimiters.
        public var span: ByteRange

        /// What libvirt reads a child of `<cpu>` as, if it reads it at all.
        public enum Kind: UInt8, Sendable {
            /// The first `<model>`.
            case model
            /// The first `<vendor>`.
            case vendor
            /// The first `<topology>`.
            case topology
            /// Any `<cache>`.
            case cache
            /// The first `<maxphysaddr>`.
            case maxphysaddr
            /// Any `<feature>`.
            case feature
            /// The first `<numa>`.
            case numa
            /// A second or later `<model>` or `<vendor>`. libvirt reads only the first.
            case surplus
            /// An element that libvirt does not read here, or a second `<topology>`, `<maxphysaddr>` or `<numa>`.
            case other
            /// A comment. A rewrite leaves it in place.
            case comment
            /// A processing instruction. A rewrite leaves it in place.
            case processingInstruction
        }
    }

    /// The parts as a mutable value, for the builder and the rewriter.
    struct Parts: Sendable, Equatable {
        var element: Element
        var mode: Keyword<Mode>?
        var match: Keyword<Match>?
        var check: Keyword<Check>?
        var migratable: Keyword<Switch>?
        var deprecatedFeatures: Keyword<Switch>?
        /// Attributes that libvirt does not read because an earlier one has the same local name (`xml:mode='…' mode='…'`).
        var shadowed: [DecodedText] = []
        var model: Model?
        var vendor: TextElement?
        var features: [Feature] = []
        var topology: Topology?
        var caches: [Cache] = []
        var maxPhysAddr: MaxPhysAddr?
        var numa: NUMA?
        var children: [Child] = []
    }
}

extension CPU {
    /// The mode that libvirt uses: `custom` when the attribute is absent; nil for a word that libvirt does not know.
    public var effectiveMode: Mode? { mode == nil ? .custom : mode?.value }

    /// The name of the model; nil when there is no `<model>` or an empty one, which libvirt treats the same.
    public var namedModel: DecodedText? {
        guard let text = model?.name.text, !text.isEmpty else { return nil }
        return text
    }
}

extension CPU.Feature {
    /// The policy that libvirt uses: `require` when the attribute is absent; nil for a word that libvirt does not know.
    public var effectivePolicy: CPU.Policy? { policy == nil ? .require : policy?.value }
}
