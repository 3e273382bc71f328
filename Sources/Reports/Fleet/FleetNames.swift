import Lint

/// What answers about a fleet call its parts.
package struct FleetNames {
    package let judge: FleetJudge
    /// Names come from files, and a terminal would obey what stands in them.
    private let isForTerminal: Bool

    package init(_ judge: FleetJudge, isForTerminal: Bool = false) {
        self.judge = judge
        self.isForTerminal = isForTerminal
    }

    private func safe(_ text: String) -> String { isForTerminal ? printable(text) : text }

    private var census: FleetCensus { judge.census }

    /// The CPU of an ask in a few words.
    package func ask(_ index: Int) -> String { safe(judge.question(index)?.words ?? "an ask that cannot be read") }

    /// `host-model and 20 more`.
    package func asks(_ indices: [Int]) -> String { ask(indices[0]) + (indices.count > 1 ? " and \(indices.count - 1) more" : "") }

    /// The processor of a kind: its model.
    package func model(_ kind: Int) -> String {
        let host = census.kinds[kind].host
        return safe(host.cpu?.model ?? host.domainCapabilities.lazy.compactMap { $0.hostModel?.model }.first ?? "unknown")
    }

    package func hosts(_ indices: [Int]) -> [String] { indices.map { safe(census.hosts[$0].name) } }

    package func hosts(ofKinds kinds: [Int]) -> [String] { hosts(kinds.flatMap { census.kinds[$0].hosts }.sorted()) }

    /// The clusters of hosts, sorted, each once.
    package func clusters(_ hosts: [Int]) -> [String] { Set(hosts.compactMap { census.hosts[$0].cluster }).sorted().map(safe) }
}
