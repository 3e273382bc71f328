/// Information that applies to many domains and should be printed once per run.
///
/// Each verdict contains the remarks that apply to its document; the output prints each remark once.
public enum Remark: Hashable, Sendable, CustomStringConvertible {
    /// Domains of this `type` are never rewritten, because QEMU does not run them. Empty for domains without a type.
    case notRewritten(domainType: String)
    /// The target depends on a host, and no host is known.
    case noHost(target: String, reason: String)

    /// One line.
    public var description: String {
        switch self {
        case .notRewritten(let type):
            "\(type.isEmpty ? "domains without a type" : "\(type) domains") are not rewritten: only qemu, kvm and hvf domains are"
        case .noHost(let target, let reason): "cannot apply \(target): \(reason)"
        }
    }
}
