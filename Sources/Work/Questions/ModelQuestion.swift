import CPUModel
import Hosts
import Reports

extension HostQuestion {
    /// The models of the map, and what each host can do with them.
    ///
    /// - Throws: `HostError` for a host that is not x86, or does not answer.
    package func models(on specs: [String]) throws -> ModelTable {
        ModelTable(knowledge.map, hosts: try knownHosts(specs).map(modelHost))
    }

    private func modelHost(_ host: Host) throws -> ModelHost {
        // A host of which only domain capabilities are known has the architecture that those are for.
        let architecture = host.architecture ?? host.domainCapabilities.first?.platform.architecture
        if let architecture, CPUFamily(architecture: architecture) != .x86 {
            throw HostError(file: host.file ?? host.name, message: "host \(host.name) is \(architecture), not x86")
        }
        return try ModelHost(host, hypervisors: try host.nativeCapabilities(), map: knowledge.map)
    }
}
