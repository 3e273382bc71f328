import Lint
import Reports

/// The questions of `virt-cpu fleet`.
package enum FleetTopic: String, Sendable, CaseIterable {
    case matrix, drain, sets, baseline, windows
    case whatIf = "what-if"
    case report
}

extension FleetQuestion.Fleet {
    /// Guests go to hosts of the same cluster, or to any host.
    package enum Scope: String, Sendable, CaseIterable { case cluster, fleet }

    /// The indices of the hosts that a question names.
    /// - Throws: `FleetError` for one that there is not.
    package func hosts(named names: [String]) throws(FleetError) -> Set<Int>? {
        if names.isEmpty || names == ["all"] { return nil }
        var hosts: Set<Int> = []
        for name in names {
            guard let host = judge.census.host(name) else { throw FleetError("there is no host \(name) among those of --host") }
            hosts.insert(host)
        }
        return hosts
    }

    /// Everything about the fleet as one JSON object: what the page is made of.
    ///
    /// - Parameter whatIf: the answer to a question about other hosts; nil if there was none.
    package func json(_ topic: FleetTopic, within scope: Scope, of hosts: Set<Int>? = nil, _ whatIf: FleetWhatIf? = nil) -> JSONValue {
        let json = FleetJSON(judge)
        var object: JSONValue = ["question": JSONValue(topic.rawValue), "fleet": json.summary, "hosts": json.hosts, "kinds": json.kinds, "asks": json.asks]
        let all = topic == .report
        func drains() -> [FleetDrain] { FleetDrain.all(judge, isWithinCluster: scope == .cluster, of: hosts) }
        if all { object.add(["clusters": json.clusters(FleetCluster.all(judge))]) }
        if all || topic == .matrix { object.add(["matrix": json.matrix(FleetMatrix(judge))]) }
        if all || topic == .drain || topic == .windows { object.add(["within": JSONValue(scope.rawValue)]) }
        if all || topic == .drain { object.add(["drain": json.drain(drains())]) }
        if all || topic == .sets { object.add(["sets": json.sets(FleetSets(judge))]) }
        if all || topic == .baseline { object.add(["baseline": json.baselines(FleetBaseline.all(judge))]) }
        if all || topic == .windows { object.add(["windows": json.windows(FleetWindows.all(judge, isWithinCluster: scope == .cluster))]) }
        if let whatIf { object.add(["whatIf": json.whatIf(whatIf)]) }
        object.add(["reasons": .array(json.reasons), "obstacles": .array(json.obstacles), "platforms": JSONValue(json.platforms), "features": JSONValue(json.features)])
        return object.described(by: "fleet")
    }

    /// The answer for a terminal.
    package func text(_ topic: FleetTopic, within scope: Scope, of hosts: Set<Int>? = nil, _ whatIf: FleetWhatIf? = nil) -> String {
        let text = FleetText(judge)
        switch topic {
        case .matrix, .report: return text.matrix(FleetMatrix(judge))
        case .drain: return text.drain(FleetDrain.all(judge, isWithinCluster: scope == .cluster, of: hosts), areNamed: hosts != nil)
        case .sets: return text.sets(FleetSets(judge))
        case .baseline: return text.baselines(FleetBaseline.all(judge))
        case .windows: return text.windows(FleetWindows.all(judge, isWithinCluster: scope == .cluster))
        case .whatIf: return whatIf.map { text.whatIf($0) } ?? ""
        }
    }
}
