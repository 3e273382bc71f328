public import CPUModel

/// A CPU that a recommendation offers, and what is known about it.
public struct CPUChoice: Sendable {
    /// What the choice is good for.
    public enum Kind: String, Sendable, CaseIterable {
        /// The most features of all CPUs that run on every host.
        case fastest
        /// A model alone, which the most other hosts will run too.
        case portable
        /// The most features for the hosts of one generation. Guests do not leave these hosts.
        case generation
    }

    /// What the choice is good for.
    public var kind: Kind
    /// A CPU with `mode='custom'`, for guests under KVM. Each of `hosts` starts it.
    public var cpu: CPUDefinition
    /// The names of the hosts that it is meant for, in their order.
    public var hosts: [String]
    /// The generation of these hosts' processors: `Skylake-Server`. Nil for choices that are for all hosts.
    public var generation: String?
    /// The level of x86-64 that guests get; nil if it is not known.
    public var level: ISALevel?
    /// What guests do without.
    public var cost: Cost
    /// Each host starts the CPU for certain: its domain capabilities are known.
    public var isCertain: Bool

    /// The features of the host with the most that guests do not get. Not counted are those that no guest gets, unsafe ones
    /// (`hle`, `rtm`, `mpx`) and the details of nested virtualisation (`vmx-*`).
    public struct Cost: Sendable, Equatable {
        /// The host with the most features, of those that the choice is compared with.
        public var best: String
        /// How many features that host offers.
        public var offered: Int
        /// The features that guests do not get, in the order of the CPU map.
        public var lost: [String]
        /// The hosts that lack some of these features, with the ones that they lack. Hosts that lack the same are together.
        public var heldBackBy: [(hosts: [String], features: [String])]
        /// The lost features that every host offers: the choice leaves them out.
        public var leftOut: [String]

        /// `lost` as a part of `offered`, in percent, rounded.
        public var percent: Int { offered == 0 ? 0 : (lost.count * 200 + offered) / (2 * offered) }

        /// Whether all parts are equal.
        public static func == (a: Cost, b: Cost) -> Bool {
            a.best == b.best && a.offered == b.offered && a.lost == b.lost && a.leftOut == b.leftOut
                && a.heldBackBy.elementsEqual(b.heldBackBy) { $0.hosts == $1.hosts && $0.features == $1.features }
        }
    }

    /// The CPU in a few words: `EPYC-Rome + 3 features`, `Skylake-Server - 2 features`.
    public var name: String {
        let added = cpu.features(.require).count, removed = cpu.features(.disable).count
        func words(_ sign: String, _ count: Int) -> String { count == 0 ? "" : " \(sign) \(count) feature\(count == 1 ? "" : "s")" }
        return (cpu.model ?? "") + words("+", added) + words("-", removed)
    }
}
