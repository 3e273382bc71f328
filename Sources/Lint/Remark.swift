/// Something that is worth saying once per run, not once per domain.
///
/// Every verdict that it applies to has it; the output prints each remark once.
public enum Remark: Hashable, Sendable, CustomStringConvertible {
    /// Domains of this `type`, which QEMU does not run, are never rewritten. Empty for domains without a type.
    case notRewritten(domainType: String)
    /// The target depends on a host, and no host is known.
    case noHost(target: String, reason: String)

    /// One line.
    public var description: String {
        switch self {
        case .notRewritten(let type):
            "\(type.isEmpty ? "domains without a type" : "\(type) domains") are not rewritten: only qemu, kvm and hvf are"
        case .noHost(let target, let reason): "nothing is rewritten to \(target): \(reason)"
        }
    }
}

extension Verdict {
    mutating func add(_ remark: Remark) {
        if !remarks.contains(remark) { remarks.append(remark) }
    }
}
