import Hosts
import Lint

/// Answers about a fleet for programs. Asks, kinds, hosts and reasons stand once, in arrays of their own, and answers name
/// them by their indices.
package final class FleetJSON {
    private let names: FleetNames
    private var reasonPlaces: [[FleetVerdict.Reason]: Int] = [:]
    /// The reasons that answers name. Complete when all answers were asked for.
    package private(set) var reasons: [JSONValue] = []
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

    private func indices(_ indices: [Int]) -> JSONValue { .array(indices.map { JSONValue($0) }) }

    /// The index of the reasons of a verdict.
    private func why(_ verdict: FleetVerdict) -> JSONValue {
        if let known = reasonPlaces[verdict.reasons] { return JSONValue(known) }
        reasonPlaces[verdict.reasons] = reasons.count
        reasons.append(json(verdict.reasons))
        return JSONValue(reasons.count - 1)
    }

    // MARK: Answers

    package func matrix(_ matrix: FleetMatrix) -> JSONValue {
        [
            "columns": .array(matrix.columns.map { column in
                ["kinds": indices(column.kinds), "hosts": indices(column.hosts)]
            }),
            "rows": .array(matrix.rows.map { row in
                [
                    "asks": indices(row.asks), "guests": JSONValue(row.guests),
                    "cells": .array(zip(row.cells, matrix.columns).map { cell, column in
                        var json: JSONValue = ["answer": JSONValue(cell.answer.rawValue), "guests": JSONValue(cell.guests)]
                        if cell.answer != .starts { json.add(["why": why(judge.start(row.asks[0], on: column.kinds[0]))]) }
                        return json
                    }),
                ]
            }),
        ]
    }

    package func drain(_ drains: [FleetDrain]) -> JSONValue {
        .array(drains.map { drain in
            [
                "host": JSONValue(drain.host), "guests": JSONValue(drain.guests), "others": JSONValue(drain.others.count), "withDevices": JSONValue(drain.withDevices),
                "live": blockers(drain.live), "cold": blockers(drain.cold),
            ]
        })
    }

    private func blockers(_ blockers: [FleetDrain.Blocker]) -> JSONValue {
        .array(blockers.map { blocker in
            var json: JSONValue = ["ask": JSONValue(blocker.ask)]
            json.add(guests(blocker.guests))
            json.add([
                "why": .array(blocker.reasons.map { reason in
                    ["answer": JSONValue(reason.verdict.answer.rawValue), "kinds": indices(reason.kinds), "why": why(reason.verdict)]
                }),
            ])
            return json
        })
    }

    package func sets(_ sets: FleetSets) -> JSONValue {
        [
            "sets": .array(sets.sets.map { indices($0) }),
            "oneWay": .array(sets.oneWay.map { ["from": JSONValue($0.from), "to": JSONValue($0.to)] }),
        ]
    }

    package func baselines(_ baselines: [FleetBaseline]) -> JSONValue {
        .array(baselines.map { baseline in
            [
                "cluster": JSONValue(baseline.cluster), "hosts": indices(baseline.hosts),
                "cpu": JSONValue(baseline.choice?.cpu.xml), "words": JSONValue(baseline.choice?.name),
                "certain": baseline.choice.map { JSONValue($0.isCertain) } ?? .null, "obstacle": JSONValue(baseline.obstacle),
                "costs": .array(baseline.costs.map { ["kind": JSONValue($0.kind), "lost": JSONValue($0.lost)] }),
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
            "refusedHere": JSONValue(answer.refusedHere),
        ]
    }

    package func windows(_ answers: [FleetWindows]) -> JSONValue {
        .array(answers.map { answer in
            [
                "ask": JSONValue(answer.ask), "guests": JSONValue(answer.guests),
                "changes": .array(answer.changes.map { change in
                    [
                        "from": JSONValue(change.from), "guests": JSONValue(change.guests.windows),
                        "samples": JSONValue(change.guests.samples), "to": indices(change.to), "now": JSONValue(change.now),
                        "there": JSONValue(change.there), "lost": JSONValue(change.lost), "gained": JSONValue(change.gained),
                    ]
                }),
            ]
        })
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
