import CPUModel

/// Hosts put together where no verdict can tell them apart: all that is known of them is the same, except their names and
/// files. A fleet of a thousand hosts has a few dozen kinds, and each is judged once.
package struct EqualHosts: Sendable {
    /// The hosts of each kind, as indices in their order. The kinds are in the order of their first hosts.
    package private(set) var members: [[Int]] = []
    /// The kind of each host.
    package private(set) var kinds: [Int] = []

    /// The first host of each kind.
    package var firsts: [Int] { members.map { $0[0] } }

    private var known: [Int: [Int]] = [:]
    private var keyed: [PackedKey: Int] = [:]
    private var representatives: [Host] = []

    /// No hosts.
    package init() {}

    package init(_ hosts: [Host]) {
        for host in hosts { add(host) }
    }

    /// Adds a host.
    /// - Returns: its kind, and whether it is the first of it.
    @discardableResult
    package mutating func add(_ host: Host) -> (kind: Int, isNew: Bool) {
        // To compare everything that is known of a thousand packed hosts takes longer than to read them.
        let packed = PackedKey(host)
        let kind = packed.flatMap { keyed[$0] } ?? compare(host)
        if let packed { keyed[packed] = kind }
        kinds.append(kind)
        if kind == members.count { members.append([]) }
        members[kind].append(kinds.count - 1)
        return (kind, members[kind].count == 1)
    }

    /// The kind of a host that is like it, or else a new one.
    private mutating func compare(_ host: Host) -> Int {
        let key = host.roughHash
        if let kind = known[key]?.first(where: { representatives[$0].isLike(host) }) { return kind }
        known[key, default: []].append(representatives.count)
        representatives.append(host)
        return representatives.count - 1
    }

    /// What tells hosts of packed files apart: the key of the kind, and a release that was stated where they were named.
    private struct PackedKey: Hashable {
        let kind: String
        let libvirt: LibvirtVersion?

        /// Nil for a host that was not packed, or of which more is known now.
        init?(_ host: Host) {
            guard let kind = host.kind, host.connection == nil, host.cpuMap == nil else { return nil }
            (self.kind, libvirt) = (kind, host.libvirt)
        }
    }
}

extension Host {
    /// Equal for hosts that are alike.
    fileprivate var roughHash: Int {
        var hasher = Hasher()
        hasher.combine(cpu)
        hasher.combine(libvirt)
        for capabilities in domainCapabilities {
            hasher.combine(capabilities.platform)
            hasher.combine(capabilities.hostModel)
            hasher.combine(capabilities.models.count)
        }
        return hasher.finalize()
    }

    /// Whether the same is known of another host. A host that can be asked for more, or whose CPU map was read, is like no
    /// other.
    fileprivate func isLike(_ other: Host) -> Bool {
        connection == nil && other.connection == nil && cpuMap == nil && other.cpuMap == nil && cpu == other.cpu
            && libvirt == other.libvirt && hasModelSpecificRegisters == other.hasModelSpecificRegisters
            && physicalAddressBits == other.physicalAddressBits && guestSupport == other.guestSupport
            && domainCapabilities == other.domainCapabilities
    }
}
