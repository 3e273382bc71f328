import Hosts
import Lint

/// Answers about a fleet for programs. Asks and kinds are named by their keys.
package struct FleetJSON {
    private let names: FleetNames
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
            "notJudged": JSONValue(census.notJudged.count), "onOtherHosts": JSONValue(census.onOtherHosts), "errors": JSONValue(census.errors),
            "states": .object(FleetState.allCases.map { JSONValue.Member($0.rawValue, JSONValue(states[$0] ?? 0)) }),
        ]
    }

    /// Everything that is known of each kind.
    package var kinds: JSONValue {
        .array(census.kinds.indices.map { kind in
            let host = census.kinds[kind].host
            return [
                "kind": JSONValue(census.kinds[kind].key), "model": JSONValue(names.model(kind)), "vendor": JSONValue(host.vendorWord),
                "hosts": JSONValue(names.hosts(census.kinds[kind].hosts)), "clusters": JSONValue(names.clusters(census.kinds[kind].hosts)),
            ]
        })
    }

    /// Everything that is known of each ask.
    package var asks: JSONValue {
        var guests = [FleetCensus.Guests](repeating: FleetCensus.Guests(), count: census.asks.count)
        for (place, here) in census.sortedPlaces { guests[place.ask] += here }
        return .array(census.asks.indices.map { ask in
            var json: JSONValue = [
                "ask": JSONValue(census.asks[ask].key), "words": JSONValue(names.ask(ask)), "domain": JSONValue(census.asks[ask].definition),
                "followsHost": JSONValue(judge.followsHost(ask)),
            ]
            json.add(self.guests(guests[ask]))
            return json
        })
    }

    private func guests(_ guests: FleetCensus.Guests) -> JSONValue {
        [
            "guests": JSONValue(guests.count), "windows": JSONValue(guests.windows), "withDevices": JSONValue(guests.withDevices),
            "samples": JSONValue(guests.samples),
        ]
    }

    private func key(_ ask: Int) -> JSONValue { JSONValue(census.asks[ask].key) }
    private func keys(_ kinds: [Int]) -> JSONValue { JSONValue(kinds.map { census.kinds[$0].key }) }

    // MARK: Answers

    package func matrix(_ matrix: FleetMatrix) -> JSONValue {
        [
            "columns": .array(matrix.columns.map { column in
                [
                    "kinds": keys(column.kinds), "hosts": JSONValue(names.hosts(column.hosts)), "clusters": JSONValue(names.clusters(column.hosts)),
                    "models": JSONValue(Array(Set(column.kinds.map(names.model))).sorted()),
                    "vendor": JSONValue(census.kinds[column.kinds[0]].host.vendorWord),
                ]
            }),
            "rows": .array(matrix.rows.map { row in
                [
                    "asks": JSONValue(row.asks.map { census.asks[$0].key }), "words": JSONValue(names.asks(row.asks)), "guests": JSONValue(row.guests),
                    "cells": .array(zip(row.cells, matrix.columns).map { cell, column in
                        var json: JSONValue = ["answer": JSONValue(cell.answer.rawValue), "guests": JSONValue(cell.guests)]
                        if cell.answer != .starts { json.add(["why": why(row.asks[0], column.kinds[0])]) }
                        return json
                    }),
                ]
            }),
        ]
    }

    private func why(_ ask: Int, _ kind: Int) -> JSONValue { reasons(judge.start(ask, on: kind)) }

    package func drain(_ drains: [FleetDrain]) -> JSONValue {
        .array(drains.map { drain in
            [
                "host": JSONValue(census.hosts[drain.host].name), "cluster": JSONValue(census.hosts[drain.host].cluster),
                "guests": JSONValue(drain.guests), "others": JSONValue(drain.others.count), "withDevices": JSONValue(drain.withDevices),
                "live": blockers(drain.live), "cold": blockers(drain.cold),
            ]
        })
    }

    private func blockers(_ blockers: [FleetDrain.Blocker]) -> JSONValue {
        .array(blockers.map { blocker in
            var json: JSONValue = ["ask": key(blocker.ask), "words": JSONValue(names.ask(blocker.ask))]
            json.add(guests(blocker.guests))
            json.add([
                "why": .array(blocker.reasons.map { reason in
                    ["answer": JSONValue(reason.verdict.answer.rawValue), "kinds": keys(reason.kinds), "reasons": reasons(reason.verdict)]
                }),
            ])
            return json
        })
    }

    package func sets(_ sets: FleetSets) -> JSONValue {
        [
            "sets": .array(sets.sets.map { ["kinds": keys($0), "hosts": JSONValue(names.hosts(ofKinds: $0))] }),
            "oneWay": .array(sets.oneWay.map { ["from": JSONValue(census.kinds[$0.from].key), "to": JSONValue(census.kinds[$0.to].key)] }),
        ]
    }

    package func baselines(_ baselines: [FleetBaseline]) -> JSONValue {
        .array(baselines.map { baseline in
            [
                "cluster": JSONValue(baseline.cluster), "hosts": JSONValue(names.hosts(baseline.hosts)),
                "cpu": JSONValue(baseline.choice?.cpu.xml), "words": JSONValue(baseline.choice?.name),
                "certain": baseline.choice.map { JSONValue($0.isCertain) } ?? .null, "obstacle": JSONValue(baseline.obstacle),
                "costs": .array(baseline.costs.map { ["kind": JSONValue(census.kinds[$0.kind].key), "lost": JSONValue($0.lost)] }),
                "noticing": guests(baseline.noticing), "same": JSONValue(baseline.same),
            ]
        })
    }

    package func whatIf(_ answer: FleetWhatIf) -> JSONValue {
        func effects(_ effects: [FleetWhatIf.Effect]) -> JSONValue {
            .array(effects.map { effect in
                var json: JSONValue = [
                    "ask": key(effect.ask), "words": JSONValue(names.ask(effect.ask)), "before": JSONValue(effect.before),
                    "after": JSONValue(effect.after),
                ]
                json.add(guests(effect.guests))
                return json
            })
        }
        return [
            "stranded": effects(answer.stranded), "fewer": effects(answer.fewer), "more": effects(answer.more),
            "refusedHere": JSONValue(answer.refusedHere),
        ]
    }

    package func windows(_ answers: [FleetWindows]) -> JSONValue {
        .array(answers.map { answer in
            [
                "ask": key(answer.ask), "words": JSONValue(names.ask(answer.ask)), "guests": JSONValue(answer.guests),
                "changes": .array(answer.changes.map { change in
                    [
                        "from": JSONValue(census.kinds[change.from].key), "guests": JSONValue(change.guests.windows),
                        "samples": JSONValue(change.guests.samples), "to": keys(change.to), "now": JSONValue(change.now),
                        "there": JSONValue(change.there), "lost": JSONValue(change.lost), "gained": JSONValue(change.gained),
                    ]
                }),
            ]
        })
    }

    // MARK: Verdicts

    /// A line of `virt-cpu verdicts`.
    ///
    /// - Parameters:
    ///   - from: the kind on which the guests were started; nil for a start, and for guests that do not follow their host.
    ///   - remedy: the smallest change that would help; nil if it was not looked for.
    package func verdict(
        _ ask: Int, question: String, from: Int?, _ verdict: FleetVerdict, kinds: [Int], remedy: String?
    ) -> JSONValue {
        [
            "ask": key(ask), "question": JSONValue(question), "from": JSONValue(from.map { census.kinds[$0].key }),
            "answer": JSONValue(verdict.answer.rawValue), "certain": JSONValue(verdict.isCertain), "kinds": keys(kinds),
            "reasons": reasons(verdict), "remedy": JSONValue(remedy),
        ]
    }

    private func reasons(_ verdict: FleetVerdict) -> JSONValue {
        .array(verdict.reasons.map { reason in
            [
                "code": JSONValue(reason.code.rawValue), "features": JSONValue(reason.features), "name": JSONValue(reason.name),
                "text": JSONValue(reason.text),
            ]
        })
    }
}
