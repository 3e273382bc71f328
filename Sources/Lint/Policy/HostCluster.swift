/// Hosts between which guests move.
public struct HostCluster: Equatable, Sendable {
    /// The name by which entries of `guests` call the cluster.
    public var name: String
    /// The hosts.
    public var hosts: [HostName]

    /// Nothing is checked here; `Policy.check(hostsNamed:in:)` finds names that no host has.
    public init(name: String, hosts: [HostName]) {
        self.name = name
        self.hosts = hosts
    }

    /// A host of this name is in the cluster.
    public func contains(_ host: String) -> Bool { hosts.contains { $0.matches(host) } }
}
