@_exported public import LibvirtWords

/// A `<cpu>` element: a host's CPU, or the CPU that a guest asks for.
public struct CPUDefinition: Sendable, Hashable {
    public enum Kind: Sendable, Equatable {
        /// From capabilities: every feature is one that the host has.
        case host
        /// From a domain: features have policies.
        case guest
    }

    public typealias Mode = CPUMode
    public typealias Match = CPUMatch
    public typealias Fallback = ModelFallback
    public typealias Policy = FeaturePolicy

    public struct Feature: Sendable, Hashable {
        public var name: String
        /// Always `require` in a host's CPU.
        public var policy: Policy

        public init(_ name: String, _ policy: Policy = .require) {
            self.name = name
            self.policy = policy
        }
    }

    public var kind: Kind
    /// libvirt's name of an architecture (`x86_64`); guests have none of their own.
    public var architecture: String?
    public var mode: Mode
    public var match: Match
    public var model: String?
    /// What libvirt may do when the hypervisor lacks the model; `allow` when the XML does not say.
    public var fallback: Fallback
    /// The map's name of a vendor (`Intel`).
    public var vendor: String?
    /// The 12 characters that the guest sees as CPUID's vendor in place of the true ones (`<model vendor_id=…>`).
    public var vendorID: String?
    /// Only a host's CPU states it.
    public var signature: CPUSignature?
    /// In the order of the XML.
    public var features: [Feature]

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

    /// Names of the features that have the policy, in their order.
    public func features(_ policy: Policy) -> [String] {
        features.filter { $0.policy == policy }.map(\.name)
    }
}

/// What the map cannot answer: libvirt fails in these cases too, rather than say no.
public enum CPUModelError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownModel(String)
    case unknownFeature(String)
    case unknownVendor(String)
    /// The CPU names no model, and the question needs one.
    case noModel
    /// ppc64: `<model>` under host-model is no compatibility mode (`power8`).
    case unknownCompatibilityMode(String)
    /// ppc64: this host's CPU runs no guest in a compatibility mode.
    case noCompatibilityModes(host: String)
    /// No model fits the data; with a list of models, none of them.
    case noSuitableModel
    /// Nothing is left that all CPUs have, or (ppc64) they are different models.
    case incompatibleCPUs
    /// Hosts of two vendors have no baseline.
    case vendorsDiffer([String])
    /// A host's `<vendor>` is not that of its model.
    case vendorOfModelDiffers(model: String, vendor: String, stated: String)
    /// CPUs that no one driver of libvirt's compares.
    case architecturesDiffer([String])
    /// No CPU was given.
    case noCPUs
    /// The architecture is not judged by the map.
    case notJudged(architecture: String)

    public var description: String {
        switch self {
        case .unknownModel(let name): "unknown CPU model '\(name)'"
        case .unknownFeature(let name): "unknown CPU feature '\(name)'"
        case .unknownVendor(let name): "unknown CPU vendor '\(name)'"
        case .noModel: "the CPU names no model"
        case .unknownCompatibilityMode(let mode): "unknown compatibility mode '\(mode)'"
        case .noCompatibilityModes(let host): "a \(host) host has no compatibility modes"
        case .noSuitableModel: "no CPU model fits the data"
        case .incompatibleCPUs: "the CPUs have nothing in common"
        case .vendorsDiffer(let names): "the CPUs are of different vendors: \(names.joined(separator: ", "))"
        case .vendorOfModelDiffers(let model, let vendor, let stated):
            "CPU model '\(model)' is of vendor \(vendor), not \(stated)"
        case .architecturesDiffer(let names): "the CPUs are of different architectures: \(names.joined(separator: ", "))"
        case .noCPUs: "no CPU was given"
        case .notJudged(let architecture): "CPUs of architecture '\(architecture)' are not judged by the CPU map"
        }
    }
}
