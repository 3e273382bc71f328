import CPUModel
import Hosts
import Lint
import Reports

/// What a question about hosts starts from: a CPU map, and the hosts that were named.
package struct HostQuestion {
    private let base: CPUKnowledge
    let arguments: HostArguments
    let channels: Channels

    /// - Parameters:
    ///   - libvirt: the release of every host's libvirt; nil if each host's own is found out.
    ///   - timeout: seconds that a libvirt URI may take for each answer.
    ///   - channels: where a note about names that no CPU map has goes.
    /// - Throws: what is wrong with the CPU map.
    package init(
        _ source: CPUMapSource, libvirt: LibvirtVersion? = nil, timeout: Int, _ channels: Channels = .standard
    ) throws {
        base = try source.knowledge()
        arguments = HostArguments(base, timeout: timeout, libvirt: libvirt)
        self.channels = channels
    }

    /// The hosts that were named, each with the CPU map of its libvirt. Names that no map has are taken from the hosts.
    /// - Throws: `IOFailure` for a file that cannot be read; `HostError` for a host that does not answer.
    func hosts(_ specs: [String]) throws -> KnownHosts { try known(arguments.hosts(for: specs)) }

    /// Hosts with the names that only they have, which are reported.
    func known(_ hosts: [Host]) throws -> KnownHosts {
        let known = try KnownHosts(hosts, base)
        Remark.takenByName(known.hosts, known.knowledge).forEach { channels.sendErrors(note($0.description)) }
        return known
    }

    /// The start check of the hosts that were named.
    package func startCheck(_ specs: [String]) throws -> StartCheck {
        let known = try hosts(specs)
        return StartCheck(hosts: known.hosts, knowledge: known.knowledge)
    }

    /// What is known of each host.
    /// - Throws: `HostError` when a host named by a URI does not answer.
    package func reports(on specs: [String]) throws -> [HostReport] {
        let known = try hosts(specs)
        return try known.hosts.map {
            HostReport($0, hypervisors: try $0.nativeCapabilities(), map: known.map(of: $0))
        }
    }

    /// libvirt's `<cpu>` of each host whose CPU is known.
    package func cpuElements(of specs: [String]) throws -> String {
        try hosts(specs).hosts.compactMap { $0.cpu?.xml }.joined()
    }
}
