import CPUModel
import LibvirtWords

/// A name in a guest's CPU that a CPU map lacks.
public struct UnknownName: Sendable, Hashable, CustomStringConvertible {
    /// What the name is of.
    public enum Kind: String, Sendable, Hashable {
        case model
        case feature
    }

    /// What the name is of.
    public var kind: Kind
    /// The name.
    public var name: String

    /// The name that a question failed for; nil for another error.
    init?(_ error: CPUModelError) {
        switch error {
        case .unknownModel(let name): self.init(kind: .model, name: name)
        case .unknownFeature(let name): self.init(kind: .feature, name: name)
        default: return nil
        }
    }

    init(kind: Kind, name: String) {
        self.kind = kind
        self.name = name
    }

    /// A map has the name.
    func isKnown(to map: CPUMap) -> Bool {
        switch kind {
        case .model: map.x86.model(named: name) != nil
        case .feature: map.x86.feature(named: name) != nil
        }
    }

    /// The oldest built-in release that has the name, and the one before it, which lacks it. Nil if all have it or none,
    /// and for a map that is not built in.
    func need(in map: CPUMap) -> (since: LibvirtVersion, lacking: LibvirtVersion)? {
        let since = switch kind {
        case .model: map.x86.model(named: name)?.since
        case .feature: map.x86.feature(named: name)?.since
        }
        guard let since, let lacking = CPUMap.builtInReleases.first(where: { $0 < since }) else { return nil }
        return (since, lacking)
    }

    /// `model EPYC-Turin`
    public var description: String { "\(kind.rawValue) \(name)" }
}
