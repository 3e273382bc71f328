import CPUModel
import Hosts

/// A CPU that runs on every host of a cluster, what each kind of hosts gives up for it, and who would notice.
package struct FleetBaseline: Sendable {
    /// The name of the cluster; nil for the hosts that are in none.
    package var cluster: String?
    /// The hosts of the cluster, as indices.
    package var hosts: [Int]
    /// The CPU; nil if there is none.
    package var choice: CPUChoice?
    /// Hosts of the cluster that are not x86, as indices: the CPU is not for them.
    package var others: [Int] = []
    /// Guests of the cluster for which the CPU is none: emulated ones, and those of other architectures.
    package var unconcerned = 0
    /// Why there is none.
    package var obstacle: String?
    /// What guests on each kind lose against what the kind offers.
    package var costs: [(kind: Int, lost: [String])] = []
    /// Guests of the cluster that would see another CPU.
    package var noticing = FleetCensus.Guests()
    /// Guests of the cluster that already see just this CPU.
    package var same = 0

    /// The answers for all clusters, and for the hosts that are in none.
    package static func all(_ judge: FleetJudge) -> [FleetBaseline] {
        let census = judge.census
        var asks: [String?: [Int: FleetCensus.Guests]] = [:]
        for (place, guests) in census.sortedPlaces {
            if let host = place.host { asks[census.hosts[host].cluster, default: [:]][place.ask, default: FleetCensus.Guests()] += guests }
        }
        return census.hostsByCluster.map { FleetBaseline($0.name, hosts: $0.hosts, asks: asks[$0.name] ?? [:], judge) }
    }

    private init(_ cluster: String?, hosts: [Int], asks: [Int: FleetCensus.Guests], _ judge: FleetJudge) {
        self.cluster = cluster
        self.hosts = hosts
        let census = judge.census
        others = hosts.filter { CPUDriver(architecture: census.kinds[census.hosts[$0].kind].host.architecture) != .x86 }
        let kinds = Set(hosts.filter { !others.contains($0) }.map { census.hosts[$0].kind }).sorted()
        guard !kinds.isEmpty else {
            obstacle = "none of its hosts is x86, and CPUs of other architectures are not worked out"
            return
        }
        let check = judge.check(of: kinds)
        do {
            let answer = try check.recommendation()
            choice = answer.choices.first { $0.kind == .fastest }
            obstacle = choice == nil ? answer.obstacle : nil
        } catch {
            obstacle = "\(error)"
        }
        guard let choice else { return }
        let platform = DomainPlatform(architecture: "x86_64", virtType: "kvm")
        let x86 = check.knowledge.x86
        let seen = check.visible(choice.cpu, platform)?.features ?? FeatureSet()
        for (index, kind) in kinds.enumerated() {
            let lost = (check.offered(index, for: platform) ?? FeatureSet()) - seen
            // What is only for hypervisors inside the guest would hide the rest.
            costs.append((kind, x86.featureNames(in: lost).filter { !$0.hasPrefix("vmx-") }))
        }
        for (ask, guests) in asks.sorted(by: { $0.key < $1.key }) {
            guard let question = judge.question(ask), let old = census.asks[ask].record else { continue }
            guard question.platform.isAccelerated, question.platform.isX86 else {
                unconcerned += guests.count
                continue
            }
            var other = question
            other.cpu = choice.cpu
            other.check = nil
            let new = Ask(other, statesArchitecture: true).record
            if let new, GuestChange.between(old, new, on: check).isNone { same += guests.count } else { noticing += guests }
        }
    }
}
