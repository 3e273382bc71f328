import CPUModel
import Hosts

extension StartCheck {
    /// The smallest model that has a level of x86-64 and that all hosts start. Every guest has the fewest demands with it, so
    /// that other hosts are the most likely to start it too.
    ///
    /// A model of just this level is better than one of a higher level, and one of the hosts' vendor better than another.
    /// If the model has a variant that only adds controls against speculative execution attacks (`Nehalem-IBRS`), the
    /// variant is taken, unless a host refuses it.
    ///
    /// - Throws: `Refusal` if there is none; `HostCPUError` for a host that is not x86.
    func model(with level: ISALevel, for platform: DomainPlatform) throws -> String {
        for host in hosts.indices { try requireX86(host) }
        let candidates = candidates(for: level, platform)
        let started = candidates.filter { refusals(of: $0.name, platform).isEmpty }
        guard let smallest = started.min(by: { $0.rank.lexicographicallyPrecedes($1.rank) }) else { throw refusal(level, candidates, platform) }
        let controls = knowledge.x86.bits(ofFeatures: Self.controls)
        let variants = started.filter {
            X86Map.family(of: $0.name) == X86Map.family(of: smallest.name) && smallest.features.isSubset(of: $0.features)
                && ($0.features - smallest.features).isSubset(of: controls)
        }
        // The first of those that have the most.
        return variants.reversed().max { $0.features.count < $1.features.count }?.name ?? smallest.name
    }

    /// The controls of speculation that models have variants with.
    private static let controls = ["spec-ctrl", "ibpb", "stibp", "ssbd", "amd-ssbd", "amd-stibp", "md-clear"]

    /// A model that has a level.
    private struct Candidate {
        var name: String
        /// What guests get.
        var features: FeatureSet
        /// The numbers by which models are compared; the lowest is the best.
        var rank: [Int]
    }

    private func candidates(for level: ISALevel, _ platform: DomainPlatform) -> [Candidate] {
        let vendors = Set(distinct.map { fullHost($0, for: platform)?.vendor ?? hosts[$0].cpu?.vendor })
        let x86 = oldestMap.x86
        return x86.models.enumerated().compactMap { index, model in
            guard !X86Map.isVersioned(model.name), x86.isLong(model), !X86Map.hypervisorDefaults.contains(model.name),
                let seen = visible(CPUDefinition(kind: .guest, model: model.name), platform),
                let own = knowledge.x86.level(of: seen.features), own >= level
            else { return nil }
            let listed = distinct.compactMap { capabilities(of: $0, for: platform)?.capabilities.model(named: model.name) }
            let isDeprecated = listed.contains(where: \.isDeprecated), isBlocked = listed.contains { !$0.blockers.isEmpty }
            let isForeign = vendors != [model.vendor]
            return Candidate(
                name: model.name, features: seen.features,
                rank: [isDeprecated || isBlocked ? 1 : 0, own.rawValue, isForeign ? 1 : 0, seen.features.count, index])
        }
    }

    /// What the hosts that do not certainly start a model say.
    private func refusals(of model: String, _ platform: DomainPlatform) -> [HostVerdict] {
        let question = StartQuestion(cpu: CPUDefinition(kind: .guest, model: model, fallback: .forbid), platform: platform)
        return hosts.indices.map { verdict(on: question, host: $0) }.filter { $0.answer != .starts }
    }

    /// Names the model that the fewest hosts refuse, and the first of them.
    private func refusal(_ level: ISALevel, _ candidates: [Candidate], _ platform: DomainPlatform) -> Refusal {
        let names = hosts.map(\.name).joined(separator: ", ")
        let refused = candidates.map { ($0, refusals(of: $0.name, platform)) }
        let nearest = refused.min { ([$0.1.count] + $0.0.rank).lexicographicallyPrecedes([$1.1.count] + $1.0.rank) }
        guard let (model, verdicts) = nearest, let first = verdicts.first else {
            return Refusal(reason: "no model with \(level) starts on all of \(names)")
        }
        let why = first.reasons.map(\.description).joined(separator: "; ")
        return Refusal(reason: "no model with \(level) starts on all of \(names): \(first.host) refuses the nearest, \(model.name): \(why)")
    }
}
