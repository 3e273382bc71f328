import CPUModel
import Hosts

/// What tells the hosts of a kind apart from the most hosts with the same processor model.
package struct KindDifference: Sendable, Equatable {
    /// Features that guests can have only on hosts of this kind, by name.
    package var gained: [String] = []
    /// Features that guests can have only on the others.
    package var lost: [String] = []
}

extension FleetJudge {
    /// The difference of each kind. Without one, it is the kind with the most hosts of its model, or the kinds differ by
    /// something else than features.
    ///
    /// - Parameter model: the processor model of a kind.
    package func differences(model: (Int) -> String) -> [KindDifference] {
        let platform = DomainPlatform(architecture: "x86_64", virtType: "kvm")
        let kinds = census.kinds.indices
        let offers = kinds.map { offered($0, for: platform) }
        var largest: [String: Int] = [:]
        for kind in kinds {
            let other = largest[model(kind)]
            if other.map({ census.kinds[$0].hosts.count < census.kinds[kind].hosts.count }) ?? true { largest[model(kind)] = kind }
        }
        return kinds.map { kind in
            guard let own = offers[kind], let other = offers[largest[model(kind)]!] else { return KindDifference() }
            return KindDifference(gained: words(own - other), lost: words(other - own))
        }
    }

    /// Without the details of nested virtualisation, of which there are dozens.
    private func words(_ features: FeatureSet) -> [String] { knowledge.x86.featureNames(in: features).filter { !$0.hasPrefix("vmx-") } }
}
