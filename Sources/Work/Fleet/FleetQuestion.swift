import CPUModel
import Hosts
import Lint
import Reports

/// A question about a fleet: its hosts, and the facts about its guests.
package struct FleetQuestion {
    private let knowledge: CPUKnowledge
    private let arguments: HostArguments
    private let libvirt: LibvirtVersion?
    private let channels: Channels

    /// - Throws: what is wrong with the CPU map.
    package init(_ map: CPUMapSource, libvirt: LibvirtVersion?, timeout: Int, _ channels: Channels = .standard) throws {
        knowledge = try map.knowledge()
        arguments = HostArguments(knowledge, timeout: timeout, libvirt: libvirt)
        self.libvirt = libvirt
        self.channels = channels
    }

    /// What a run of `fleet` or `verdicts` starts from.
    package struct Fleet {
        package let judge: FleetJudge
        let hosts: [Host]
        let facts: FleetCensus
    }

    /// Reads the hosts and the facts.
    ///
    /// - Parameter changes: applied to the hosts.
    package func fleet(_ specs: [String], facts files: [String], changes: [String] = []) throws -> Fleet {
        var arguments = arguments
        if specs.contains("-") {
            guard !files.contains("-") else { throw FleetError("stdin is read for the hosts: name a file of facts") }
            arguments.standardInput = StandardInput(channels)
        }
        let hosts = try changed(arguments.hosts(for: specs), changes)
        guard !hosts.isEmpty else { throw IOFailure(message: "no host is given: name the file that virt-cpu kinds wrote with --host") }
        var known = try FleetCensus(hosts: hosts)
        known.unreadableHosts = arguments.leftOut.names
        if !known.unreadableHosts.isEmpty {
            let names = listing(known.unreadableHosts, upTo: 6)
            channels.sendErrors(note("\(count(known.unreadableHosts.count, "host")) could not be read and \(known.unreadableHosts.count == 1 ? "is" : "are") left out: \(names)"))
        }
        let census = try FactsReading.read(files, into: known, channels)
        return Fleet(judge: try judge(census, hosts), hosts: hosts, facts: census)
    }

    private func judge(_ census: FleetCensus, _ hosts: [Host]) throws -> FleetJudge {
        var progress = Progress(channels)
        defer { progress.clear() }
        return FleetJudge(census, try KnownHosts(hosts, knowledge).knowledge, libvirt: libvirt) { judged in
            progress.show { "virt-cpu: \(judged) of \(census.asks.count) CPUs judged on \(census.kinds.count) kinds of hosts" }
        }
    }

    private func changed(_ hosts: [Host], _ changes: [String]) throws -> [Host] {
        guard !changes.isEmpty else { return hosts }
        let changes = try changes.map { (text) throws(FleetError) in try HostChange(text, knowledge.map.x86) }
        let kinds = EqualHosts(hosts).kinds
        // Equal hosts are changed once, by the indices of their kind and of the changes.
        var changedKinds: [[Int]: Host] = [:]
        var hasMatched = [Bool](repeating: false, count: changes.count)
        let result = try zip(hosts, kinds).map { host, kind in
            let applied = changes.indices.filter { changes[$0].applies(to: host.name) }
            if applied.isEmpty { return host }
            for index in applied { hasMatched[index] = true }
            var changed = changedKinds[[kind] + applied] ?? host
            if changedKinds[[kind] + applied] == nil {
                for index in applied { changed = try changes[index].changed(changed, knowledge.map(of: changed, release: changed.libvirtRelease)) }
                changedKinds[[kind] + applied] = changed
            }
            (changed.name, changed.uuid, changed.cluster) = (host.name, host.uuid, host.cluster)
            return changed
        }
        if let index = hasMatched.firstIndex(of: false) { throw FleetError("--change: no host is called \(changes[index].pattern)") }
        return result
    }

    // MARK: What if

    /// What happens to the guests if hosts leave, join or change.
    ///
    /// - Parameters:
    ///   - leaving: patterns of names.
    ///   - joining: hosts as for `--host`.
    package func whatIf(_ fleet: Fleet, leaving: [String], joining: [String], changes: [String]) throws -> FleetWhatIf {
        let patterns = leaving.map { Glob($0) }
        if let index = patterns.indices.first(where: { index in !fleet.hosts.contains { patterns[index].matches($0.name) } }) {
            throw FleetError("--without: no host is called \(leaving[index])")
        }
        let left = fleet.hosts.filter { host in !patterns.contains { $0.matches(host.name) } }
        let hosts = try changed(left + (joining.isEmpty ? [] : arguments.hosts(for: joining)), changes)
        guard !hosts.isEmpty else { throw FleetError("--without leaves no host") }
        var census = try FleetCensus(hosts: hosts)
        census.takeClusters(of: fleet.facts)
        for ask in fleet.facts.asks { try census.add(ask) }
        return FleetWhatIf(fleet.judge, try judge(census, hosts))
    }

    // MARK: Verdicts

    /// Prints a line for each ask, answer and reason.
    ///
    /// - Parameters:
    ///   - isLive: whether guests can move while they run; otherwise whether they start.
    ///   - findsRemedies: say what would help guests that are refused.
    package func printVerdicts(_ fleet: Fleet, isLive: Bool, findsRemedies: Bool) throws {
        let output = OutputStream(channels.output)
        let judge = fleet.judge, json = FleetJSON(judge)
        let kinds = Array(judge.census.kinds.indices)
        for ask in judge.census.asks.indices {
            let origins: [Int?] = isLive ? judge.followsHost(ask) ? kinds.map { $0 } : [nil] : [nil]
            for from in origins {
                for (verdict, kinds) in isLive ? judge.moves(ask, from: from) : judge.starts(ask) {
                    let remedy = findsRemedies && !isLive && verdict.answer == .refuses ? judge.remedy(ask, on: kinds[0])?.description : nil
                    let line = json.verdict(ask, question: isLive ? "live" : "start", from: from, verdict, kinds: kinds, remedy: remedy)
                    try output.write(line.text + "\n")
                }
            }
        }
        try output.flush()
        judge.failures.forEach { channels.complain(shown($0)) }
        if !judge.failures.isEmpty { throw ExitStatus.failed }
    }
}

extension FleetError: Failure {
    /// The description names no place, so the program's name stands before it.
    package var shown: String { printable("virt-cpu: error: \(self)") }
}
