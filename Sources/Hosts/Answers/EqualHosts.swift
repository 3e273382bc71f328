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
        let key = host.roughHash, index = kinds.count
        if let kind = known[key]?.first(where: { representatives[$0].isLike(host) }) {
            members[kind].append(index)
            kinds.append(kind)
            return (kind, false)
        }
        let kind = members.count
        known[key, default: []].append(kind)
        representatives.append(host)
        kinds.append(kind)
        members.append([index])
        return (kind, true)
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
