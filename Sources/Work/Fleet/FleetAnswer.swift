import Hosts
import Lint
import Reports

/// The answer to a question about a fleet.
package struct FleetAnswer {
    private let topic: FleetTopic
    private let judge: FleetJudge
    private let scope: FleetQuestion.Fleet.Scope
    private let hosts: Set<Int>?
    private let whatIf: FleetWhatIf?

    /// - Parameters:
    ///   - hosts: the indices of the hosts that the question names; nil for all.
    ///   - whatIf: the answer to a question about other hosts; nil if there was none.
    package init(
        _ topic: FleetTopic, about fleet: FleetQuestion.Fleet, within scope: FleetQuestion.Fleet.Scope, of hosts: Set<Int>? = nil,
        _ whatIf: FleetWhatIf? = nil
    ) {
        (self.topic, judge, self.scope, self.hosts, self.whatIf) = (topic, fleet.judge, scope, hosts, whatIf)
    }

    private var drains: [FleetDrain] { FleetDrain.all(judge, isWithinCluster: scope == .cluster, of: hosts) }
    private var windows: [FleetWindows] { FleetWindows.all(judge, isWithinCluster: scope == .cluster) }

    /// Hosts that were named by a URI and did not answer, so that something cannot be judged.
    package var failures: [HostError] {
        judge.failures + (whatIf?.failures ?? []).filter { !judge.failures.contains($0) }
    }

    /// Everything about the fleet as one JSON object: what the page is made of.
    package var json: JSONValue {
        let json = FleetJSON(judge)
        var object: JSONValue = ["question": JSONValue(topic.rawValue), "fleet": json.summary, "hosts": json.hosts, "kinds": json.kinds, "asks": json.asks]
        let all = topic == .report
        if all { object.add(["clusters": json.clusters(FleetCluster.all(judge))]) }
        if all || topic == .matrix { object.add(["matrix": json.matrix(FleetMatrix(judge))]) }
        if all || topic == .drain || topic == .windows { object.add(["within": JSONValue(scope.rawValue)]) }
        if all || topic == .drain { object.add(["drain": json.drain(drains)]) }
        if all || topic == .sets { object.add(["sets": json.sets(FleetSets(judge))]) }
        if all || topic == .baseline { object.add(["baseline": json.baselines(FleetBaseline.all(judge))]) }
        if all || topic == .windows { object.add(["windows": json.windows(windows)]) }
        if let whatIf { object.add(["whatIf": json.whatIf(whatIf)]) }
        object.add(["reasons": .array(json.reasons), "obstacles": .array(json.obstacles), "platforms": JSONValue(json.platforms), "features": JSONValue(json.features)])
        return object.described(by: "fleet")
    }

    /// The answer for a terminal.
    package var text: String {
        let text = FleetText(judge)
        switch topic {
        case .matrix, .report: return text.matrix(FleetMatrix(judge))
        case .drain: return text.drain(drains, areNamed: hosts != nil)
        case .sets: return text.sets(FleetSets(judge))
        case .baseline: return text.baselines(FleetBaseline.all(judge))
        case .windows: return text.windows(windows)
        case .whatIf: return whatIf.map { text.whatIf($0) } ?? ""
        }
    }
}
