public import CPUModel

/// Why a running guest cannot move to a host, or would not be safe there.
public enum MoveObstacle: Sendable, Equatable {
    /// The host cannot give the guest these features, which the guest has now. They are in the order of the CPU map.
    case lacks([String])
    /// The vendors of the hosts' CPUs differ.
    case otherVendor(now: String, there: String?)
    /// The hosts offer the same features, but their processors have different signatures.
    case otherProcessor(now: CPUSignature, there: CPUSignature)
    /// The hosts offer the same features, but their processors have physical addresses of different widths, in bits.
    case otherAddressWidth(now: Int, there: Int)
    /// The host refuses the CPU for another reason, or cannot be judged.
    case other(HostVerdict.Reason)

    init(_ reason: HostVerdict.Reason) {
        switch reason {
        case .incompatible(.missingFeatures(let names)), .blockers(let names, _): self = .lacks(names)
        case .incompatible(.vendor(let required, let host)): self = .otherVendor(now: required, there: host)
        default: self = .other(reason)
        }
    }

    /// The kind of the obstacle.
    public var code: ReasonCode {
        switch self {
        case .lacks: .missingFeatures
        case .otherVendor: .vendor
        case .otherProcessor: .otherProcessor
        case .otherAddressWidth: .otherAddressWidth
        case .other(let reason): reason.code
        }
    }

    /// One clause about the hosts at the other end: `they lack vaes, vpclmulqdq`.
    ///
    /// - Parameters:
    ///   - subject: what the clause calls the hosts.
    ///   - isOne: the subject is singular.
    public func words(about subject: String, isOne: Bool) -> String {
        switch self {
        case .lacks(let names): "\(subject) \(isOne ? "lacks" : "lack") \(listing(names))"
        case .otherVendor(let now, let there):
            "\(subject) \(isOne ? "has a CPU" : "have CPUs") of vendor \(there ?? "unknown"), not \(now)"
        case .otherProcessor(let now, let there):
            "\(subject) \(isOne ? "has" : "have") another processor (\(there), not \(now))"
        case .otherAddressWidth(let now, let there):
            "\(subject) \(isOne ? "has" : "have") physical addresses of \(there) bits, not \(now)"
        case .other(let reason): reason.words(isOne: isOne)
        }
    }
}
