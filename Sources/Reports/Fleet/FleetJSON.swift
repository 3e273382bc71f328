import Hosts
import Lint

/// Answers about a fleet for programs. Asks, kinds, hosts and reasons stand once, in arrays of their own, and answers name
/// them by their indices.
package final class FleetJSON {
    private let names: FleetNames
    private var reasonPlaces: [[FleetVerdict.Reason]: Int] = [:]
    /// The reasons that answers name. Complete when all answers were asked for.
    package private(set) var reasons: [JSONValue] = []
    private var obstaclePlaces: [String: Int] = [:]
    /// What keeps guests from leaving their hosts, as `drain` names it.
    package private(set) var obstacles: [JSONValue] = []
    private var platformPlaces: [String: Int] = [:]
    /// The platforms that asks name.
    package private(set) var platforms: [String] = []
    private var featurePlaces: [String: Int] = [:]
    /// The names of the features that answers name.
    package private(set) var features: [String] = []
    private var judge: FleetJudge { names.judge }
    private var census: FleetCensus { names.judge.census }

    package init(_ judge: FleetJudge) { names = FleetNames(judge) }

    /// How large the fleet is, and where its guests can run.
    package var summary: JSONValue {
        let states = judge.states
        return [
            "guests": JSONValue(census.guests), "windows": JSONValue(census.places.values.reduce(0) { $0 + $1.windows }),
            "withDevices": JSONValue(census.places.values.reduce(0) { $0 + $1.withDevices }), "asks": JSONValue(census.asks.count),
            "hosts": JSONValue(census.hosts.count), "kinds": JSONValue(census.kinds.count), "clusters": JSONValue(census.clusters),
            "notJudged": JSONValue(census.notJudged.count), "onOtherHosts": JSONValue(census.onOtherHosts),
            "unreadableHosts": JSONValue(census.unreadableHosts), "onUnreadableHosts": JSONValue(census.onUnreadableHosts), "errors": JSONValue(census.errors),
            "notCertain": JSONValue(judge.notCertain), "states": self.states(states),
        ]
    }

    /// Everything that is known of each kind.
    package var kinds: JSONValue {
        let differences = judge.differences(model: names.model)
        return .array(census.kinds.indices.map { kind in
            let host = census.kinds[kind].host
            return [
                "kind": JSONValue(census.kinds[kind].key), "model": JSONValue(names.model(kind)), "vendor": JSONValue(host.vendorWord),
                "gained": indices(ofFeatures: differences[kind].gained), "lost": indices(ofFeatures: differences[kind].lost),
                "hosts": indices(census.kinds[kind].hosts),
            ]
        })
    }

    /// Each host with its cluster.
    package var hosts: JSONValue {
        .array(census.hosts.map { ["host": JSONValue($0.name), "cluster": JSONValue($0.cluster), "kind": JSONValue($0.kind)] })
    }

    /// Everything that is known of each ask.
    package var asks: JSONValue {
        var guests = [FleetCensus.Guests](repeating: FleetCensus.Guests(), count: census.asks.count)
        for (place, here) in census.sortedPlaces { guests[place.ask] += here }
        return .array(census.asks.indices.map { ask in
            var json: JSONValue = [
                "ask": JSONValue(census.asks[ask].key), "words": JSONValue(names.ask(ask)),
                "platform": platform(of: ask), "domain": JSONValue(census.asks[ask].definition),
                "followsHost": JSONValue(judge.followsHost(ask)),
            ]
            json.add(self.guests(guests[ask]))
            return json
        })
    }

    /// The index of the words about the platform of an ask; null if they say nothing.
    private func platform(of ask: Int) -> JSONValue {
        guard let words = judge.question(ask)?.platformWords else { return .null }
        if let known = platformPlaces[words] { return JSONValue(known) }
        platformPlaces[words] = platforms.count
        platforms.append(words)
        return JSONValue(platforms.count - 1)
    }

    private func guests(_ guests: FleetCensus.Guests) -> JSONValue {
        [
            "guests": JSONValue(guests.count), "windows": JSONValue(guests.windows), "withDevices": JSONValue(guests.withDevices),
            "samples": JSONValue(guests.samples),
        ]
    }

    private func indices(_ indices: [Int]) -> JSONValue { .array(indices.map { JSONValue($0) }) }

    private func indices(ofFeatures names: [String]) -> JSONValue { .array(names.map { JSONValue(place(ofFeature: $0)) }) }

    private func place(ofFeature name: String) -> Int {
        if let known = featurePlaces[name] { return known }
        featurePlaces[name] = features.count
        features.append(name)
        return features.count - 1
    }

    /// The clusters, with where their guests can run within them.
    package func clusters(_ clusters: [FleetCluster]) -> JSONValue {
        .array(clusters.map { cluster in
            [
                "cluster": JSONValue(cluster.name), "hosts": indices(cluster.hosts), "guests": JSONValue(cluster.guests.count),
                "windows": JSONValue(cluster.guests.windows), "withDevices": JSONValue(cluster.guests.withDevices), "states": states(cluster.states),
                "refused": .array(cluster.refusals.map { refusal in
                    var json: JSONValue = ["kind": JSONValue(refusal.kind), "why": why(refusal.verdict.reasons), "asks": indices(refusal.asks)]
                    json.add(guests(refusal.guests))
                    return json
                }),
            ]
        })
    }

    private func states(_ states: [FleetState: Int]) -> JSONValue {
        .object(FleetState.allCases.map { JSONValue.Member($0.rawValue, JSONValue(states[$0] ?? 0)) })
    }

    /// The index of the reasons of a verdict.
    private func why(_ given: [FleetVerdict.Reason]) -> JSONValue {
        if let known = reasonPlaces[given] { return JSONValue(known) }
        reasonPlaces[given] = reasons.count
        reasons.append(.array(given.map(compact)))
        return JSONValue(reasons.count - 1)
    }

    /// Why guests of a row do not start on hosts of a column: asks are null for all of the row, and kinds for all of the column.
    private func why(_ cell: FleetMatrix.Cell, asks: Int, kinds: Int) -> JSONValue {
        if cell.answer == .starts { return .null }
        return .array(cell.causes.map { cause in
            [
                "asks": cause.asks.count == asks ? .null : indices(cause.asks), "kinds": cause.kinds.count == kinds ? .null : indices(cause.kinds),
                "why": why(cause.reasons),
            ]
        })
    }

    /// A reason with its features by their indices. A text that ends with the features ends with `…` instead.
    private func compact(_ reason: FleetVerdict.Reason) -> JSONValue {
        let list = reason.features.joined(separator: ", ")
        let text = !list.isEmpty && reason.text.hasSuffix(list) ? reason.text.dropLast(list.count) + "…" : reason.text[...]
        return [
            "code": JSONValue(reason.code.rawValue), "features": indices(ofFeatures: reason.features), "name": JSONValue(reason.name),
            "text": JSONValue(String(text)),
        ]
    }

    // MARK: Answers

    package func matrix(_ matrix: FleetMatrix) -> JSONValue {
        [
            "columns": .array(matrix.columns.map { column in
                ["kinds": indices(column.kinds), "hosts": indices(column.hosts)]
            }),
            "rows": .array(matrix.rows.map { row in
                [
                    "asks": indices(row.asks), "guests": JSONValue(row.guests), "answers": JSONValue(row.cells.map { String($0.answer.rawValue.prefix(1)) }.joined()),
                    "here": indices(row.cells.map(\.guests)),
                    "samples": .array(row.cells.map { $0.samples.isEmpty ? .null : JSONValue($0.samples) }),
                    "certain": JSONValue(row.cells.map { $0.isCertain ? "y" : "n" }.joined()),
                    "why": .array(zip(row.cells, matrix.columns).map { why($0, asks: row.asks.count, kinds: $1.kinds.count) }),
                ]
            }),
        ]
    }

    package func drain(_ drains: [FleetDrain]) -> JSONValue {
        .array(drains.map { drain in
            [
                "host": JSONValue(drain.host), "guests": JSONValue(drain.guests), "others": JSONValue(drain.others.count), "withDevices": JSONValue(drain.withDevices),
                "live": blockers(drain.live, on: drain.host), "cold": blockers(drain.cold, on: drain.host),
                "liveCertain": JSONValue(drain.isLiveCertain), "coldCertain": JSONValue(drain.isColdCertain),
            ]
        })
    }

    /// Guests that are kept by the same are one blocker here. `here` is what their own host would do.
    private func blockers(_ blockers: [FleetDrain.Blocker], on host: Int) -> JSONValue {
        var places: [String: Int] = [:]
        var merged: [(obstacle: Int, here: FleetVerdict.Answer, asks: [Int], guests: FleetCensus.Guests)] = []
        for blocker in blockers {
            let obstacle = obstacle(blocker), here = judge.start(blocker.ask, on: census.hosts[host].kind).answer
            if let place = places["\(obstacle) \(here)"] {
                merged[place].asks.append(blocker.ask)
                merged[place].guests += blocker.guests
            } else {
                places["\(obstacle) \(here)"] = merged.count
                merged.append((obstacle, here, [blocker.ask], blocker.guests))
            }
        }
        return .array(merged.map { blocker in
            var json: JSONValue = ["asks": indices(blocker.asks)]
            json.add(guests(blocker.guests))
            json.add(["here": JSONValue(blocker.here.rawValue), "obstacle": JSONValue(blocker.obstacle)])
            return json
        })
    }

    private func obstacle(_ blocker: FleetDrain.Blocker) -> Int {
        let value = JSONValue.array(blocker.reasons.map { reason in
            [
                "answer": JSONValue(reason.verdict.answer.rawValue), "certain": JSONValue(reason.verdict.isCertain), "kinds": indices(reason.kinds),
                "why": why(reason.verdict.reasons),
            ]
        })
        let key = value.text
        if let known = obstaclePlaces[key] { return known }
        obstaclePlaces[key] = obstacles.count
        obstacles.append(value)
        return obstacles.count - 1
    }

    package func sets(_ sets: FleetSets) -> JSONValue {
        [
            "sets": .array(sets.sets.map { indices($0.kinds) }),
            "certain": JSONValue(sets.sets.map { $0.isCertain ? "y" : "n" }.joined()),
            "withoutGuests": indices(sets.withoutGuests),
            "oneWay": .array(sets.oneWay.map { ["from": JSONValue($0.from), "to": JSONValue($0.to), "certain": JSONValue($0.isCertain)] }),
        ]
    }

    package func baselines(_ baselines: [FleetBaseline]) -> JSONValue {
        .array(baselines.map { baseline in
            [
                "cluster": JSONValue(baseline.cluster), "hosts": indices(baseline.hosts),
                "cpu": JSONValue(baseline.choice?.cpu.xml), "words": JSONValue(baseline.choice?.name),
                "certain": baseline.choice.map { JSONValue($0.isCertain) } ?? .null, "obstacle": JSONValue(baseline.obstacle),
                "costs": .array(baseline.costs.map { ["kind": JSONValue($0.kind), "lost": indices(ofFeatures: $0.lost)] }),
                "others": indices(baseline.others), "unconcerned": JSONValue(baseline.unconcerned),
                "noticing": guests(baseline.noticing), "same": JSONValue(baseline.same),
            ]
        })
    }

    package func whatIf(_ answer: FleetWhatIf) -> JSONValue {
        func effects(_ effects: [FleetWhatIf.Effect]) -> JSONValue {
            .array(effects.map { effect in
                var json: JSONValue = [
                    "ask": JSONValue(effect.ask), "before": JSONValue(effect.before),
                    "after": JSONValue(effect.after),
                ]
                json.add(guests(effect.guests))
                return json
            })
        }
        return [
            "stranded": effects(answer.stranded), "fewer": effects(answer.fewer), "more": effects(answer.more),
            "displaced": JSONValue(answer.displaced), "withoutCluster": JSONValue(answer.withoutCluster),
            "refusedHere": JSONValue(answer.refusedHere),
        ]
    }

    /// A change that guests with several asks would see stands once.
    package func windows(_ answers: [FleetWindows]) -> JSONValue {
        struct Key: Hashable {
            var from: Int, to: [Int], now: String?, there: String?, isCertain: Bool, lost: [String], gained: [String]
        }
        var places: [Key: Int] = [:]
        var merged: [(key: Key, asks: [Int], guests: FleetCensus.Guests)] = []
        for answer in answers {
            for change in answer.changes {
                let key = Key(
                    from: change.from, to: change.to, now: change.now, there: change.there, isCertain: change.isCertain, lost: change.lost,
                    gained: change.gained)
                if let place = places[key] {
                    merged[place].asks.append(answer.ask)
                    merged[place].guests += change.guests
                } else {
                    places[key] = merged.count
                    merged.append((key, [answer.ask], change.guests))
                }
            }
        }
        merged.sort { $0.guests.windows > $1.guests.windows }
        return [
            "followers": .array(answers.map { ["ask": JSONValue($0.ask), "guests": JSONValue($0.guests)] }),
            "changes": .array(merged.map { key, asks, guests in
                [
                    "asks": indices(asks), "from": JSONValue(key.from), "guests": JSONValue(guests.windows), "samples": JSONValue(guests.samples),
                    "to": indices(key.to), "now": JSONValue(key.now), "there": JSONValue(key.there),
                    "certain": JSONValue(key.isCertain), "lost": indices(ofFeatures: key.lost), "gained": indices(ofFeatures: key.gained),
                ]
            }),
        ]
    }

    // MARK: Verdicts

    /// A line of `virt-cpu verdicts`, in which asks and kinds have their keys.
    ///
    /// - Parameters:
    ///   - from: the kind on which the guests were started; nil for a start, and for guests that do not follow their host.
    ///   - remedy: the smallest change that would help; nil if it was not looked for.
    package func verdict(
        _ ask: Int, question: String, from: Int?, _ verdict: FleetVerdict, kinds: [Int], remedy: String?
    ) -> JSONValue {
        [
            "ask": JSONValue(census.asks[ask].key), "question": JSONValue(question), "from": JSONValue(from.map { census.kinds[$0].key }),
            "answer": JSONValue(verdict.answer.rawValue), "certain": JSONValue(verdict.isCertain), "kinds": JSONValue(kinds.map { census.kinds[$0].key }),
            "reasons": json(verdict.reasons), "remedy": JSONValue(remedy),
        ]
    }

    private func json(_ reasons: [FleetVerdict.Reason]) -> JSONValue {
        .array(reasons.map { reason in
            [
                "code": JSONValue(reason.code.rawValue), "features": JSONValue(reason.features), "name": JSONValue(reason.name),
                "text": JSONValue(reason.text),
            ]
        })
    }
}
