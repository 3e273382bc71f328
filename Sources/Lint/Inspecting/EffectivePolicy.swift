/// A policy as it applies to the definitions of a directory: with what it extends, its profile and its hosts.
public struct EffectivePolicy: Sendable {
    /// The values. Without a policy, those of an empty file.
    public var policy: Policy
    /// The policy's file and those that it extends, for the places of findings; empty without a policy.
    public var documents: [PolicyDocument]
    /// The names of the hosts that must run the guests.
    public var hosts: [String]
    /// The directory from which the patterns of `include` and `exclude` start. Patterns of different directories differ.
    public var directory: String

    /// - Parameters:
    ///   - policy: the values.
    ///   - documents: as for `Policy.parse`.
    ///   - hosts: the names of the hosts that `policy.hosts` leads to.
    ///   - directory: where patterns start from.
    public init(_ policy: Policy, _ documents: [PolicyDocument], hosts: [String] = [], directory: String = "") {
        self.policy = policy
        self.documents = documents
        self.hosts = hosts
        self.directory = directory
    }

    /// Guests migrate between the hosts.
    var migrates: Bool { policy.migration ?? groups.contains { $0.count > 1 } }

    /// Guests stay on their host, so that the rule host-passthrough has nothing to report. Without hosts, only the policy tells.
    var staysOnHost: Bool { !migrates && (policy.migration == false || !hosts.isEmpty) }

    /// The hosts between which guests move: those of each cluster, or all.
    var groups: [Set<String>] {
        policy.clusters.isEmpty ? [Set(hosts)] : policy.clusters.map { cluster in Set(hosts.filter(cluster.contains)) }
    }

    /// The hosts that must run the guests of an entry; nil for the guests of no entry.
    func hosts(of entry: GuestEntry?) -> [String] {
        entry.flatMap { policy.hosts(of: $0, among: hosts) }.map { $0.map { hosts[$0] } } ?? hosts
    }

    /// Where a value is stated: its document, and the line and column of its key. Nil if it is stated nowhere.
    func place(of place: PolicyPlace) -> (document: Int, line: Int, column: Int, length: Int)? {
        guard !documents.isEmpty else { return nil }
        func found(_ key: String, in node: YAMLNode?) -> YAMLNode.Pair? {
            guard case .mapping(let pairs)? = node?.value else { return nil }
            return pairs.first { $0.name == key }
        }
        let root = YAMLNode.joined(YAMLNode.numbered(documents))
        func ofKey(_ pair: YAMLNode.Pair?) -> (Int, Int, Int, Int)? {
            pair.map { ($0.key.document, $0.key.line, $0.key.column, $0.name.unicodeScalars.count) }
        }
        switch place {
        case .policy: return (0, 1, 1, 0)
        case .key(let key): return ofKey(found(key, in: root))
        case .rule(let id, let tags):
            let rules = found("rules", in: root)
            return ([id] + tags.map { "tag:\($0)" }).lazy.compactMap { ofKey(found($0, in: rules?.value)) }.first ?? ofKey(rules)
        case .guest(let index):
            guard case .sequence(let entries)? = found("guests", in: root)?.value.value, index < entries.count else { return nil }
            return (entries[index].document, entries[index].line, entries[index].column, 0)
        }
    }
}
