import CPUModel
import Hosts
import Lint
import Reports

/// What a question about hosts starts from: a CPU map, and the hosts that were named.
package struct HostQuestion {
    package let knowledge: CPUKnowledge
    private let arguments: HostArguments

    /// - Parameter timeout: seconds that a libvirt URI may take for each answer.
    /// - Throws: what is wrong with the CPU map.
    package init(_ source: CPUMapSource, timeout: Int) throws {
        knowledge = try source.knowledge()
        arguments = HostArguments(knowledge, timeout: timeout)
    }

    /// The hosts that were named, all of whose models and features the map has.
    /// - Throws: `HostError` for a host with a model or feature that the map does not have; `IOFailure` for a file that
    ///   cannot be read.
    func knownHosts(_ specs: [String]) throws -> [Host] { try arguments.known(try arguments.hosts(for: specs)) }

    /// The hosts that were named, as they are.
    func hosts(_ specs: [String]) throws -> [Host] { try arguments.hosts(for: specs) }

    /// The start check of the hosts that were named, all of whose models the map has.
    package func startCheck(_ specs: [String]) throws -> StartCheck {
        StartCheck(hosts: try arguments.withKnownModels(arguments.hosts(for: specs)), knowledge: knowledge)
    }

    /// What is known of each host.
    /// - Throws: `HostError` when a host named by a URI does not answer.
    package func reports(on specs: [String]) throws -> [HostReport] {
        try knownHosts(specs).map {
            HostReport($0, hypervisors: try $0.nativeCapabilities(), map: knowledge.map)
        }
    }

    /// libvirt's `<cpu>` of each host whose CPU is known.
    package func cpuElements(of specs: [String]) throws -> String {
        try knownHosts(specs).compactMap { $0.cpu?.xml }.joined()
    }
}
