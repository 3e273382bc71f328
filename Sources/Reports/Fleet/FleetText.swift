import LibvirtWords
import Lint

/// Answers about a fleet for a terminal of 100 columns.
package struct FleetText {
    private let names: FleetNames
    private var judge: FleetJudge { names.judge }
    private var census: FleetCensus { names.judge.census }

    package init(_ judge: FleetJudge) { names = FleetNames(judge, isForTerminal: true) }

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

    /// `3 guests are here`, `1 guest is here`.
    private func guests(_ count: Int, _ many: String, one: String) -> String { "\(guests(count)) \(count == 1 ? one : many)" }

    // MARK: Matrix

    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    /// The most columns of one block.
    private static let mostColumns = 50
    private static let labelWidth = 36

    package func matrix(_ matrix: FleetMatrix) -> String {
        var text = ""
        for start in stride(from: 0, to: matrix.columns.count, by: Self.mostColumns) {
            let columns = start..<min(start + Self.mostColumns, matrix.columns.count)
            text += block(matrix, columns) + "\n"
            if start == 0 {
                text += "# starts there, and such guests are there   + would start there\n"
                    + "! is refused there, and such guests are there   . would be refused there   ? nobody can tell\n\n"
            }
            text += legend(matrix, columns) + "\n"
        }
        return text + states
    }

    /// What the letters of a block stand for. Other blocks have the same letters.
    private func legend(_ matrix: FleetMatrix, _ columns: Range<Int>) -> String {
        columns.map { index in
            let column = matrix.columns[index]
            let models = Set(column.kinds.map(names.model)).sorted().joined(separator: ", ")
            let clusters = names.clusters(column.hosts)
            let place = clusters.isEmpty ? "" : "; \(clusters.count == 1 ? "cluster" : "clusters") \(listing(clusters, upTo: 4))"
            let words = "\(count(column.hosts.count, "host")) (\(models)\(place)): \(listing(names.hosts(column.hosts), upTo: 4))"
            return "\(letter(index))  \(hanging(words, by: 3))\n"
        }.joined()
    }

    private static let width = 100

    /// The text in lines of at most 100 columns, with an indent that the caller puts before the first. Words that are longer are
    /// cut.
    private func hanging(_ text: String, by indent: Int) -> String {
        let width = Self.width - indent
        let words = text.split(separator: " ").map { $0.count > width ? $0.prefix(width - 1) + "…" : String($0) }
        return wrapped(words.joined(separator: " "), to: width).replacingEach("\n", with: "\n" + String(repeating: " ", count: indent))
    }

    private func letter(_ column: Int) -> Character { Self.letters[column % Self.mostColumns] }

    private func block(_ matrix: FleetMatrix, _ columns: Range<Int>) -> String {
        let header = String(columns.map(letter))
        var text = padded("", to: Self.labelWidth) + "   guests " + header + "\n"
        for row in matrix.rows {
            var label = names.asks(row.asks)
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
        var text = "\(guests(census.guests)) with \(count(census.asks.count, "different CPU")), "
            + "\(Self.grouped(census.hosts.count)) \(census.hosts.count == 1 ? "host" : "hosts") of \(count(census.kinds.count, "kind"))\n"
        for state in FleetState.allCases {
            guard let count = states[state], count > 0 else { continue }
            let number = Self.grouped(count)
            text += String(repeating: " ", count: max(0, 11 - number.count)) + number + "  \(Self.words(state, isOne: count == 1))\n"
        }
        let notCertain = judge.notCertain
        if notCertain > 0 { text += "\(Self.grouped(notCertain)) of these \(notCertain == 1 ? "is" : "are") not certain: virsh capabilities or virsh domcapabilities of a host is missing\n" }
        if census.onUnreadableHosts > 0 {
            text += guests(census.onUnreadableHosts, "are on hosts that could not be read", one: "is on a host that could not be read") + "\n"
        }
        if !census.hostsInSeveralClusters.isEmpty {
            text += "\(count(census.hostsInSeveralClusters.count, "host")) in several clusters, by the records: \(listing(names.hosts(census.hostsInSeveralClusters.sorted()), upTo: 4))\n"
        }
        if census.onOtherHosts > 0 {
            text += guests(census.onOtherHosts, "are on hosts that were not given", one: "is on a host that was not given") + "\n"
        }
        if census.errors > 0 { text += "\(count(census.errors, "record")) with an error \(census.errors == 1 ? "is" : "are") not counted\n" }
        return text
    }

    private static func words(_ state: FleetState, isOne: Bool) -> String {
        switch state {
        case .refusedHere: isOne ? "is on a host that would not start it again" : "are on a host that would not start them again"
        case .startsNowhere: isOne ? "starts on no host" : "start on no host"
        case .cannotLeave: isOne ? "starts only where it is" : "start only where they are"
        case .someHosts: isOne ? "starts on some hosts" : "start on some hosts"
        case .everywhere: isOne ? "starts on every host" : "start on every host"
        case .unknown: "cannot be judged"
        }
    }

    // MARK: Other questions

    /// The hosts that the most guests cannot leave come first.
    ///
    /// - Parameter areNamed: the question names the hosts, so that each has an answer. Otherwise those that can be emptied are counted.
    package func drain(_ drains: [FleetDrain], areNamed: Bool) -> String {
        func blocked(_ drain: FleetDrain) -> Int { (drain.live + drain.cold).reduce(0) { $0 + $1.guests.count } }
        let sorted = drains.map { (drain: $0, blocked: blocked($0)) }.sorted { ($1.blocked, $0.drain.host) < ($0.blocked, $1.drain.host) }
        var text = ""
        for (drain, blocked) in sorted where blocked > 0 || areNamed {
            let place = names.clusters([drain.host]).first.map { ", cluster \($0)" } ?? ""
            text += "\(names.hosts([drain.host])[0])\(place): \(guests(drain.guests)), \(count(drain.others.count, "other host"))\n"
            if drain.guests > 0, drain.live.isEmpty {
                text += "  every guest can \(drain.isLiveCertain ? "" : "probably ")move to another host while it runs, as far as the CPU decides\n"
            }
            text += blockers(drain.live, others: drain.others, "cannot move while they run", one: "cannot move while it runs")
            text += blockers(drain.cold, others: drain.others, "start on none of the others", one: "starts on none of the others")
            if drain.withDevices > 0 {
                text += "  " + guests(
                    drain.withDevices, "have a device of this host, which keeps them there whatever their CPU is",
                    one: "has a device of this host, which keeps it there whatever its CPU is") + "\n"
            }
        }
        if areNamed { return text }
        let free = sorted.filter { $0.blocked == 0 }.map(\.drain)
        return text + self.free(free.filter(\.isLiveCertain), "can") + self.free(free.filter { !$0.isLiveCertain }, "can probably")
    }

    /// One line for the hosts that the CPU of no guest keeps from being emptied.
    private func free(_ drains: [FleetDrain], _ can: String) -> String {
        guard !drains.isEmpty else { return "" }
        let devices = drains.reduce(0) { $0 + $1.withDevices }
        let words = devices == 0 ? "" : "; but " + guests(devices, "have a device of their host", one: "has a device of its host")
        return "\(count(drains.count, "host")) \(can) be emptied while the guests run, as far as their CPUs decide\(words)\n"
    }

    private func blockers(_ blockers: [FleetDrain.Blocker], others: [Int], _ many: String, one: String) -> String {
        var text = ""
        for blocker in blockers {
            let isOne = blocker.guests.count == 1
            let what = blocker.isUnknown ? "perhaps \(isOne ? one : many) (nobody can tell)" : (blocker.isCertain ? "" : "probably ") + (isOne ? one : many)
            text += "  \(guests(blocker.guests.count)) with \(names.ask(blocker.ask)) \(what): \(printable(listing(blocker.guests.samples)))"
                + (blocker.guests.count > blocker.guests.samples.count ? ", …" : "") + "\n"
            for reason in blocker.reasons.prefix(4) {
                let why = reason.verdict.reasons.map(\.text).joined(separator: "; ")
                text += "    \(listing(names.hosts(others.filter { reason.kinds.contains(census.hosts[$0].kind) }), upTo: 4)): \(printable(why))\n"
            }
            if blocker.reasons.count > 4 { text += "    and \(blocker.reasons.count - 4) more reasons (--format json has all)\n" }
        }
        return text
    }

    package func sets(_ sets: FleetSets) -> String {
        var text = ""
        for set in sets.sets {
            let hosts = names.hosts(ofKinds: set.kinds)
            let models = Set(set.kinds.map(names.model)).sorted().joined(separator: ", ")
            text += "\(count(hosts.count, "host")) (\(models))\(set.isCertain ? "" : ", probably"): \(listing(hosts, upTo: 6))\n"
        }
        if sets.sets.isEmpty { return "no host has guests that can be judged\n" }
        if !sets.withoutGuests.isEmpty { text += "\(count(names.hosts(ofKinds: sets.withoutGuests).count, "host")) without guests: nothing is said of them\n" }
        text += "\nBetween the hosts of one line, every guest that is on one of them can move while it runs.\n"
        for pair in sets.oneWay {
            text += "one way\(pair.isCertain ? "" : ", probably"): from \(listing(names.hosts(ofKinds: [pair.from]), upTo: 3)) to \(listing(names.hosts(ofKinds: [pair.to]), upTo: 3))\n"
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
            text += "\(printable(choice.name))\(choice.isCertain ? "" : ", probably")\n"
            text += choice.cpu.xml.split(separator: "\n").map { "    \(printable(String($0)))\n" }.joined()
            for cost in baseline.costs where !cost.lost.isEmpty {
                let hosts = baseline.hosts.filter { census.hosts[$0].kind == cost.kind }
                text += "  \(listing(names.hosts(hosts), upTo: 3)) \(hosts.count == 1 ? "gives" : "give") up \(printable(listing(cost.lost)))\n"
            }
            if !baseline.others.isEmpty {
                text += "  not for \(listing(names.hosts(baseline.others), upTo: 4)): another architecture\n"
            }
            if baseline.unconcerned > 0 { text += "  \(guests(baseline.unconcerned, "are emulated or of another architecture", one: "is emulated or of another architecture"))\n" }
            text += "  \(guests(baseline.noticing.count)) would see another CPU (\(Self.grouped(baseline.noticing.windows)) of them Windows), "
                + "\(Self.grouped(baseline.same)) would not\n"
        }
        return text
    }

    /// The most CPUs that one answer lists.
    private static let mostEffects = 12

    package func whatIf(_ answer: FleetWhatIf) -> String {
        func lines(_ effects: [FleetWhatIf.Effect], _ what: (FleetWhatIf.Effect) -> String) -> String {
            effects.prefix(Self.mostEffects).map { effect in
                "  \(guests(effect.guests.count)) with \(names.ask(effect.ask)): \(what(effect))"
                    + " (\(printable(listing(effect.guests.samples)))\(effect.guests.count > effect.guests.samples.count ? ", …" : ""))\n"
            }.joined() + (effects.count > Self.mostEffects ? "  and \(effects.count - Self.mostEffects) more CPUs (--format json has all)\n" : "")
        }
        func sum(_ effects: [FleetWhatIf.Effect]) -> Int { effects.reduce(0) { $0 + $1.guests.count } }
        var text = "\(guests(sum(answer.stranded))) would start on no host any more\n"
        text += lines(answer.stranded) { "\($0.before) → 0 hosts" }
        if answer.displaced > 0 {
            text += guests(answer.displaced, "must leave their host", one: "must leave its host")
            let start = "\(answer.withoutCluster == 1 ? "starts" : "start") on no other host of the cluster"
            if answer.withoutCluster == answer.displaced {
                text += ", and \(start)"
            } else if answer.withoutCluster > 0 {
                text += "; \(Self.grouped(answer.withoutCluster)) of them \(start)"
            }
            text += "\n"
        }
        text += guests(answer.refusedHere, "would be on a host that does not start them again", one: "would be on a host that does not start it again") + "\n"
        text += "\(guests(sum(answer.fewer))) would start on fewer hosts\n"
        text += lines(answer.fewer) { "\($0.before) → \(count($0.after, "host"))" }
        if !answer.more.isEmpty {
            text += "\(guests(sum(answer.more))) would start on more hosts\n"
            text += lines(answer.more) { "\($0.before) → \(count($0.after, "host"))" }
        }
        return text
    }

    package func windows(_ answers: [FleetWindows]) -> String {
        var text = ""
        for answer in answers {
            text += "\(Self.grouped(answer.guests)) Windows \(answer.guests == 1 ? "guest" : "guests") with \(names.ask(answer.ask))\n"
            if answer.changes.isEmpty { text += "  would see no change on another host\n" }
            for change in answer.changes.prefix(Self.mostEffects) {
                text += "  \(Self.grouped(change.guests.windows)) of \(listing(names.hosts(ofKinds: [change.from]), upTo: 2)), if "
                    + "\(change.guests.windows == 1 ? "it starts" : "they start") on "
                    + "\(listing(names.hosts(ofKinds: change.to), upTo: 4)): \(printable(words(change)))\n"
            }
            if answer.changes.count > Self.mostEffects { text += "  and \(answer.changes.count - Self.mostEffects) more changes (--format json has all)\n" }
        }
        return text.isEmpty ? "no Windows guest follows its host\n" : text
    }

    private func words(_ change: FleetWindows.Change) -> String {
        guard let now = change.now, let there = change.there else { return "nobody can tell what changes" }
        let isOne = change.guests.windows == 1
        let parts = [
            change.lost.isEmpty ? nil : "\(isOne ? "loses" : "lose") \(listing(change.lost, upTo: 6))",
            change.gained.isEmpty ? nil : "\(isOne ? "gains" : "gain") \(listing(change.gained, upTo: 6))",
        ].compactMap { $0 }
        return (change.isCertain ? "" : "probably ") + (now == there ? "the same model" : "\(now) → \(there)")
            + (parts.isEmpty ? "" : "; \(isOne ? "it" : "they") \(parts.joined(separator: " and "))")
    }
}
