/// Why a CPU cannot run on a host. Lists of features are in map order.
public enum Incompatibility: Sendable, Equatable, CustomStringConvertible {
    /// The CPU is of this architecture, and the host is not.
    case architecture(String)
    /// The CPU names a vendor that is not the host's. The vendor of a model is never compared. An unknown name counts
    /// as a different vendor.
    case vendor(required: String, host: String?)
    /// The host has features that the guest forbids.
    case forbiddenFeatures([String])
    /// The host lacks features that the guest requires.
    case missingFeatures([String])
    /// The guest has `match='strict'`, and the host has features that the guest does not ask for.
    case extraFeatures([String])
    /// ppc64: the host is another model.
    case model(required: String, host: String)
    /// ppc64: the host is older than the compatibility mode. The first value is the mode.
    case compatibilityMode(String, host: String)
    /// The host's CPU is not known.
    case unknownHost

    /// The reason in one line.
    public var description: String { words(isOne: true) }

    /// The reason in one line.
    ///
    /// - Parameter isOne: it is about one host. False if several have the same reason.
    package func words(isOne: Bool) -> String {
        let host = isOne ? "the host" : "the hosts", whose = isOne ? "the host's CPU" : "the hosts' CPUs"
        return switch self {
        case .architecture(let name): isOne ? "the host's architecture is not \(name)" : "the hosts' architecture is not \(name)"
        case .vendor(let required, let other): "the vendor of \(whose) is \(other ?? "unknown"), not \(required)"
        case .forbiddenFeatures(let names):
            "\(host) \(isOne ? "has" : "have") features that the guest forbids: \(names.joined(separator: ", "))"
        case .missingFeatures(let names): "\(host) \(isOne ? "lacks" : "lack") required features: \(names.joined(separator: ", "))"
        case .extraFeatures(let names):
            "match='strict', but \(host) \(isOne ? "has" : "have") more features: \(names.joined(separator: ", "))"
        case .model(let required, let other): "\(whose) \(isOne ? "is" : "are") \(other), not \(required)"
        case .compatibilityMode(let mode, let other): "a \(other) host cannot run in compatibility mode \(mode)"
        case .unknownHost: "\(whose) \(isOne ? "is" : "are") unknown"
        }
    }
}
