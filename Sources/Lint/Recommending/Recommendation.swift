public import CPUModel
import Hosts

/// CPUs that run on all of some hosts, for guests under KVM.
public struct Recommendation: Sendable {
    /// The hosts that were asked, by their names.
    public var hosts: [String]
    /// Hosts of other architectures, which are left out.
    public var others: [String]
    /// The choices: the fastest, the most portable, and one for each generation if there are several. A choice that does not
    /// exist is absent.
    public var choices: [CPUChoice]
    /// Why there is no CPU for all hosts; nil if there is one.
    public var obstacle: String?
    /// The vendors of the hosts' processors, each once: `Intel`.
    public var vendors: [String]

    /// The answer in one line: `EPYC-Rome + 3 features runs on all 5 hosts; 12 % fewer features than hv03, the host with
    /// the most`.
    public var headline: String {
        let place = switch hosts.count {
        case 1: hosts[0]
        case 2: "both hosts"
        default: "all \(hosts.count) hosts"
        }
        guard let best = choices.first(where: { $0.kind == .fastest }) else {
            return "no CPU runs on \(place)" + (obstacle.map { ": \($0)" } ?? "")
        }
        let words = "\(best.name) \(best.isCertain ? "runs" : "probably runs") on \(place)"
        let cost = best.cost
        if cost.lost.isEmpty { return "\(words), with all features that \(hosts.count == 1 ? "it" : cost.best) offers" }
        let percent = cost.percent == 0 ? "less than 1" : "\(cost.percent)"
        let origin = hosts.count == 1 ? "it offers" : "\(cost.best), the host with the most"
        return "\(words); \(percent) % fewer features than \(origin)"
    }
}

extension StartCheck {
    /// The CPUs to choose from for guests under KVM on these hosts. Every host starts each of them, by the same check as a
    /// guest's.
    ///
    /// - Parameter level: the level that guests need at least; nil if nothing is known of them.
    /// - Throws: `HostCPUError` if nothing is known of a host's CPU, or if no host is x86.
    public func recommendation(for level: ISALevel? = nil) throws -> Recommendation {
        let platform = DomainPlatform(architecture: "x86_64", virtType: "kvm")
        let isX86 = hosts.indices.map { (try? requireX86($0)) != nil }
        let others = hosts.indices.filter { !isX86[$0] }.map { hosts[$0].name }
        guard others.count < hosts.count else { throw HostCPUError("recommend needs hosts that run x86 guests under KVM, and none of these does: \(others.joined(separator: ", "))") }
        let check = others.isEmpty ? self : asked(of: hosts.indices.filter { isX86[$0] }.map { hosts[$0] })
        return try check.recommendation(for: level, on: platform, others)
    }

    private func recommendation(for level: ISALevel?, on platform: DomainPlatform, _ others: [String]) throws -> Recommendation {
        for host in hosts.indices where offered(host, for: platform) == nil {
            throw HostCPUError("host \(hosts[host].name): nothing is known of the features that it offers to guests under KVM")
        }
        let candidates = CPUCandidates(unlike(platform), for: platform)
        var vendors: [String] = []
        for vendor in hosts.indices.map({ fullHost($0, for: platform)?.vendor ?? "an unknown vendor" }) where !vendors.contains(vendor) { vendors.append(vendor) }
        var answer = Recommendation(hosts: hosts.map(\.name), others: others, choices: [], vendors: vendors)
        if let cpu = candidates.fastest() {
            answer.choices.append(choice(.fastest, cpu, platform))
        } else {
            answer.obstacle = obstacle(platform)
        }
        if let cpu = portable(candidates, level) { answer.choices.append(choice(.portable, cpu, platform)) }
        let generations = generations(platform)
        if generations.count > 1 {
            for (name, members) in generations {
                let part = asked(of: members.map { hosts[$0] })
                guard let cpu = CPUCandidates(part.unlike(platform), for: platform).fastest() else { continue }
                var choice = part.choice(.generation, cpu, platform)
                choice.generation = name
                answer.choices.append(choice)
            }
        }
        return answer
    }

    /// A check of one host of each kind: equal hosts give equal answers.
    private func unlike(_ platform: DomainPlatform) -> StartCheck {
        let classes = Set(MoveCheck(self).classes(for: platform)).sorted()
        return classes.count == hosts.count ? self : asked(of: classes.map { hosts[$0] })
    }

    /// The smallest model of the level that guests need. If that is not known, of x86-64-v3, which every system in
    /// `OSRequirementRow` runs on, or else of x86-64-v2.
    private func portable(_ candidates: CPUCandidates, _ level: ISALevel?) -> CPUDefinition? {
        let levels = level.map { [max($0, .v2)] } ?? [.v3, .v2]
        return levels.lazy.compactMap { candidates.smallest(with: $0) }.first ?? candidates.anyModel()
    }

    private func choice(_ kind: CPUChoice.Kind, _ cpu: CPUDefinition, _ platform: DomainPlatform) -> CPUChoice {
        let question = StartQuestion(cpu: cpu, platform: platform)
        return CPUChoice(
            kind: kind, cpu: cpu, hosts: hosts.map(\.name),
            level: visible(cpu, platform).flatMap { knowledge.x86.level(of: $0.features) }, cost: cost(of: cpu, platform),
            isCertain: hosts.indices.allSatisfy { verdict(on: question, host: $0).isCertain })
    }

    private func cost(of cpu: CPUDefinition, _ platform: DomainPlatform) -> CPUChoice.Cost {
        let x86 = knowledge.x86
        let offers = hosts.indices.map { counted(offered($0, for: platform) ?? FeatureSet()) }
        let best = hosts.indices.reversed().max { offers[$0].count < offers[$1].count } ?? 0
        let lost = offers[best] - (visible(cpu, platform)?.features ?? FeatureSet())
        var heldBackBy: [(hosts: [String], features: [String])] = []
        for host in hosts.indices {
            let lacked = x86.featureNames(in: lost - offers[host])
            if lacked.isEmpty { continue }
            if let index = heldBackBy.firstIndex(where: { $0.features == lacked }) {
                heldBackBy[index].hosts.append(hosts[host].name)
            } else {
                heldBackBy.append(([hosts[host].name], lacked))
            }
        }
        let leftOut = offers.reduce(lost) { $0 & $1 }
        return CPUChoice.Cost(
            best: hosts[best].name, offered: offers[best].count, lost: x86.featureNames(in: lost),
            heldBackBy: heldBackBy, leftOut: x86.featureNames(in: leftOut))
    }

    /// The hosts by the generation of their processors, in the order of the hosts.
    private func generations(_ platform: DomainPlatform) -> [(name: String, members: [Int])] {
        var all: [(name: String, members: [Int])] = []
        for host in hosts.indices {
            let model = hosts[host].cpu?.model ?? hostModel(of: host, for: platform)?.model
            let name = model.map { X86Map.family(of: $0) } ?? "unknown"
            if let index = all.firstIndex(where: { $0.name == name }) { all[index].members.append(host) } else { all.append((name, [host])) }
        }
        return all
    }

    /// Why no candidate starts on all hosts.
    private func obstacle(_ platform: DomainPlatform) -> String? {
        let targets = HostTargets(self)
        do {
            let model = try targets.nearestModel(for: platform)
            return "the nearest model, \(model), does not certainly start on all of them"
        } catch {
            return "\(error)"
        }
    }
}
