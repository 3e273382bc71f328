import Lint

/// Answers about a fleet for a terminal of 100 columns.
package struct FleetText {
    private let names: FleetNames
    private var judge: FleetJudge { names.judge }
    private var census: FleetCensus { names.judge.census }

    package init(_ judge: FleetJudge) { names = FleetNames(judge) }

    /// The number with commas: `504,480`.
    static func grouped(_ number: Int) -> String {
        let digits = String(number)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    private func guests(_ count: Int) -> String { "\(Self.grouped(count)) guest\(count == 1 ? "" : "s")" }

    // MARK: Matrix

    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    /// The most columns of one block.
    private static let mostColumns = 50
    private static let labelWidth = 36

    package func matrix(_ matrix: FleetMatrix) -> String {
        var text = ""
        for start in stride(from: 0, to: matrix.columns.count, by: Self.mostColumns) {
            let columns = start..<min(start + Self.mostColumns, matrix.columns.count)
            if start > 0 { text += "\n" }
            text += block(matrix, columns)
        }
        text += "\n# starts there, and such guests are there   + would start there\n"
            + "! is refused there, and such guests are there   . would be refused there   ? nobody can tell\n\n"
        for (index, column) in matrix.columns.enumerated() {
            let models = Set(column.kinds.map(names.model)).sorted().joined(separator: ", ")
            let clusters = names.clusters(column.hosts)
            let place = clusters.isEmpty ? "" : "; \(clusters.count == 1 ? "cluster" : "clusters") \(listing(clusters, upTo: 4))"
            text += "\(letter(index))  \(count(column.hosts.count, "host")) (\(models)\(place)): \(listing(names.hosts(column.hosts), upTo: 4))\n"
        }
        return text + "\n" + states
    }

    private func letter(_ column: Int) -> Character { Self.letters[column % Self.mostColumns] }

    private func block(_ matrix: FleetMatrix, _ columns: Range<Int>) -> String {
        let header = String(columns.map(letter))
        var text = padded("", to: Self.labelWidth) + "   guests " + header + "\n"
        for row in matrix.rows {
            var label = printable(names.asks(row.asks))
            if label.count > Self.labelWidth { label = String(label.prefix(Self.labelWidth - 1)) + "…" }
            let number = Self.grouped(row.guests)
            text += padded(label, to: Self.labelWidth) + String(repeating: " ", count: max(0, 9 - number.count)) + number + " "
                + String(columns.map { Self.sign(row.cells[$0]) }) + "\n"
        }
        return text
    }

    private static func sign(_ cell: FleetMatrix.Cell) -> Character {
        switch cell.answer {
        case .starts: cell.guests > 0 ? "#" : "+"
        case .refuses: cell.guests > 0 ? "!" : "."
        case .unknown: "?"
        }
    }

    /// How many guests are in each state.
    package var states: String {
        let states = judge.states
        let words: [FleetState: String] = [
            .refusedHere: "are on a host that would not start them again", .startsNowhere: "start on no host",
            .cannotLeave: "start only where they are", .someHosts: "start on some hosts", .everywhere: "start on every host",
            .unknown: "cannot be judged",
        ]
        var text = "\(guests(census.guests)) with \(count(census.asks.count, "different CPU")), "
            + "\(Self.grouped(census.hosts.count)) \(census.hosts.count == 1 ? "host" : "hosts") of \(count(census.kinds.count, "kind"))\n"
        for state in FleetState.allCases {
            guard let count = states[state], count > 0 else { continue }
            let number = Self.grouped(count)
            text += String(repeating: " ", count: max(0, 11 - number.count)) + number + "  \(words[state]!)\n"
        }
        if census.onOtherHosts > 0 { text += "\(guests(census.onOtherHosts)) on hosts that were not given\n" }
        if census.errors > 0 { text += "\(count(census.errors, "record")) with an error, not counted above\n" }
        return text
    }

    // MARK: Other questions

    package func drain(_ drains: [FleetDrain]) -> String {
        var text = ""
        for drain in drains {
            let host = census.hosts[drain.host]
            let place = host.cluster.map { ", cluster \($0)" } ?? ""
            text += "\(printable(host.name))\(printable(place)): \(guests(drain.guests)), \(count(drain.others.count, "other host"))\n"
            if drain.live.isEmpty { text += "  the CPU of no guest blocks emptying it while they run\n" }
            text += blockers(drain.live, "cannot move while they run")
            text += blockers(drain.cold, "start on none of the others")
            if drain.withDevices > 0 { text += "  \(guests(drain.withDevices)) with a device of this host, whatever the CPU is\n" }
        }
        return text
    }

    private func blockers(_ blockers: [FleetDrain.Blocker], _ what: String) -> String {
        var text = ""
        for blocker in blockers {
            text += "  \(guests(blocker.guests.count)) with \(printable(names.ask(blocker.ask))) \(what): \(printable(listing(blocker.guests.samples)))"
                + (blocker.guests.count > blocker.guests.samples.count ? ", …" : "") + "\n"
            for reason in blocker.reasons.prefix(4) {
                let why = reason.verdict.reasons.map(\.text).joined(separator: "; ")
                text += "    \(listing(names.hosts(ofKinds: reason.kinds), upTo: 4)): \(printable(why))\n"
            }
            if blocker.reasons.count > 4 { text += "    and \(blocker.reasons.count - 4) more reasons (--format json has all)\n" }
        }
        return text
    }

    package func sets(_ sets: FleetSets) -> String {
        var text = ""
        for set in sets.sets {
            let hosts = names.hosts(ofKinds: set)
            text += "\(count(hosts.count, "host")) (\(Set(set.map(names.model)).sorted().joined(separator: ", "))): \(listing(hosts, upTo: 6))\n"
        }
        text += "\nBetween the hosts of one line, every guest that is on one of them can move while it runs.\n"
        for pair in sets.oneWay {
            text += "one way: from \(listing(names.hosts(ofKinds: [pair.from]), upTo: 3)) to \(listing(names.hosts(ofKinds: [pair.to]), upTo: 3))\n"
        }
        return text
    }

    package func baselines(_ baselines: [FleetBaseline]) -> String {
        var text = ""
        for baseline in baselines {
            let hosts = count(baseline.hosts.count, "host")
            text += (baseline.cluster.map { "cluster \(printable($0)), \(hosts)" } ?? "\(hosts) in no cluster") + ": "
            guard let choice = baseline.choice else {
                text += "no CPU runs on all of them\(baseline.obstacle.map { ": \(printable($0))" } ?? "")\n"
                continue
            }
            text += "\(choice.name)\(choice.isCertain ? "" : ", probably")\n"
            text += choice.cpu.xml.split(separator: "\n").map { "    \($0)\n" }.joined()
            for cost in baseline.costs where !cost.lost.isEmpty {
                text += "  \(listing(names.hosts(ofKinds: [cost.kind]).filter { baselineHas(baseline, $0) }, upTo: 3)) give up \(listing(cost.lost))\n"
            }
            text += "  \(guests(baseline.noticing.count)) would see another CPU (\(Self.grouped(baseline.noticing.windows)) of them Windows), "
                + "\(Self.grouped(baseline.same)) would not\n"
        }
        return text
    }

    private func baselineHas(_ baseline: FleetBaseline, _ name: String) -> Bool { census.host(name).map(baseline.hosts.contains) ?? false }

    /// The most CPUs that one answer lists.
    private static let mostEffects = 12

    package func whatIf(_ answer: FleetWhatIf) -> String {
        func lines(_ effects: [FleetWhatIf.Effect], _ what: (FleetWhatIf.Effect) -> String) -> String {
            effects.prefix(Self.mostEffects).map { effect in
                "  \(guests(effect.guests.count)) with \(printable(names.ask(effect.ask))): \(what(effect))"
                    + " (\(printable(listing(effect.guests.samples)))\(effect.guests.count > effect.guests.samples.count ? ", …" : ""))\n"
            }.joined() + (effects.count > Self.mostEffects ? "  and \(effects.count - Self.mostEffects) more CPUs (--format json has all)\n" : "")
        }
        func sum(_ effects: [FleetWhatIf.Effect]) -> Int { effects.reduce(0) { $0 + $1.guests.count } }
        var text = "\(guests(sum(answer.stranded))) would start on no host any more\n"
        text += lines(answer.stranded) { "\($0.before) → 0 hosts" }
        text += "\(guests(answer.refusedHere)) would be on a host that does not start them again\n"
        text += "\(guests(sum(answer.fewer))) would start on fewer hosts\n"
        text += lines(answer.fewer) { "\($0.before) → \($0.after) hosts" }
        if !answer.more.isEmpty {
            text += "\(guests(sum(answer.more))) would start on more hosts\n"
            text += lines(answer.more) { "\($0.before) → \($0.after) hosts" }
        }
        return text
    }

    package func windows(_ answers: [FleetWindows]) -> String {
        var text = ""
        for answer in answers {
            text += "\(Self.grouped(answer.guests)) Windows \(answer.guests == 1 ? "guest" : "guests") with \(printable(names.ask(answer.ask)))\n"
            if answer.changes.isEmpty { text += "  would see no change on another host\n" }
            for change in answer.changes.prefix(Self.mostEffects) {
                let parts = [
                    change.lost.isEmpty ? nil : "lose \(listing(change.lost, upTo: 6))",
                    change.gained.isEmpty ? nil : "gain \(listing(change.gained, upTo: 6))",
                ].compactMap { $0 }
                let what = change.now == nil || change.there == nil ? "nobody can tell what changes"
                    : "\(change.now == change.there ? "the same model" : "\(change.now!) → \(change.there!)")"
                        + (parts.isEmpty ? "" : "; they \(parts.joined(separator: " and "))")
                text += "  \(Self.grouped(change.guests.windows)) of \(listing(names.hosts(ofKinds: [change.from]), upTo: 2)), if they start on "
                    + "\(listing(names.hosts(ofKinds: change.to), upTo: 4)): \(printable(what))\n"
            }
            if answer.changes.count > Self.mostEffects { text += "  and \(answer.changes.count - Self.mostEffects) more changes (--format json has all)\n" }
        }
        return text.isEmpty ? "no Windows guest follows its host\n" : text
    }
}
