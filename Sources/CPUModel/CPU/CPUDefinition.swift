@_exported public import LibvirtWords

/// A `<cpu>` element: the CPU of a host, or the CPU that a guest asks for.
///
/// Names of architectures, models, vendors and features are libvirt's. Nothing checks them until a `CPUMap` is asked.
public struct CPUDefinition: Sendable, Hashable {
    /// Whose CPU the element describes.
    public enum Kind: Sendable, Equatable {
        /// The CPU of a host, from capabilities. The host has every listed feature.
        case host
        /// The CPU of a guest, from a domain. Each listed feature has a policy.
        case guest
    }

    /// `<cpu mode=…>`: where the guest's CPU comes from.
    public typealias Mode = CPUMode
    /// `<cpu match=…>`: how the host's CPU must relate to the guest's.
    public typealias Match = CPUMatch
    /// `<model fallback=…>`: whether libvirt may use another model.
    public typealias Fallback = ModelFallback
    /// `<feature policy=…>`: what the guest wants of a feature.
    public typealias Policy = FeaturePolicy

    /// One `<feature>` element.
    public struct Feature: Sendable, Hashable {
        /// libvirt's name of the feature: `avx2`.
        public var name: String
        /// What the guest wants of the feature. Always `require` in a host's CPU.
        public var policy: Policy

        /// A feature that the CPU requires unless another policy is given.
        public init(_ name: String, _ policy: Policy = .require) {
            self.name = name
            self.policy = policy
        }
    }

    /// Whether a host or a guest is described.
    public var kind: Kind
    /// libvirt's name of the architecture: `x86_64`. Nil in a guest's `<cpu>`, which does not state it.
    public var architecture: String?
    /// `custom` unless the XML says otherwise.
    public var mode: Mode
    /// `exact` unless the XML says otherwise.
    public var match: Match
    /// libvirt's name of the model: `Skylake-Server`. Nil when the element has no `<model>` or an empty one.
    public var model: String?
    /// What libvirt may do when the hypervisor lacks the model. `allow` unless the XML says otherwise.
    public var fallback: Fallback
    /// The CPU map's name of the vendor: `Intel`.
    public var vendor: String?
    /// The 12 characters that the guest sees as its CPUID vendor in place of the true ones (`<model vendor_id=…>`).
    public var vendorID: String?
    /// Family, model and stepping. Only a host's CPU states them.
    public var signature: CPUSignature?
    /// The `<feature>` elements, in the order of the XML.
    public var features: [Feature]

    /// A CPU made of the given parts. The defaults are what libvirt assumes when the XML says nothing.
    public init(
        kind: Kind, architecture: String? = nil, mode: Mode = .custom, match: Match = .exact, model: String? = nil,
        fallback: Fallback = .allow, vendor: String? = nil, vendorID: String? = nil,
        signature: CPUSignature? = nil, features: [Feature] = []
    ) {
        self.kind = kind
        self.architecture = architecture
        self.mode = mode
        self.match = match
        self.model = model
        self.fallback = fallback
        self.vendor = vendor
        self.vendorID = vendorID
        self.signature = signature
        self.features = features
    }

    /// The architecture; `Architecture.defaultName` for a CPU that does not state one.
    public var effectiveArchitecture: String { architecture ?? Architecture.defaultName }

    /// The driver of libvirt that compares this CPU with others; nil if libvirt does not compare it.
    public var driver: CPUDriver? { CPUDriver(architecture: effectiveArchitecture) }

    /// The names of the features that have the policy, in the order of `features`.
    public func features(_ policy: Policy) -> [String] {
        features.filter { $0.policy == policy }.map(\.name)
    }
}
