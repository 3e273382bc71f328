import CPUModel
import Hosts
import Reports

extension HostQuestion {
    /// The models of the map, and what each host can do with them.
    ///
    /// - Throws: `HostError` for a host that is not x86, or does not answer.
    package func models(on specs: [String]) throws -> ModelTable {
        let known = try hosts(specs)
        let releases = Set(known.hosts.map { known.map(of: $0).libvirtVersion })
        // Without hosts, and with hosts of several releases, every name is listed.
        let map = releases.count == 1 ? known.map(of: known.hosts[0]) : known.knowledge.map(for: arguments.libvirt)
        return ModelTable(map, hosts: try known.hosts.map { try modelHost($0, known.map(of: $0)) }, known.knowledge)
    }

    private func modelHost(_ host: Host, _ map: CPUMap) throws -> ModelHost {
        // A host of which only domain capabilities are known has the architecture that those are for.
        let architecture = host.architecture ?? host.domainCapabilities.first?.platform.architecture
        if let architecture, CPUDriver(architecture: architecture) != .x86 {
            throw HostError(file: host.file ?? host.name, message: "host \(host.name) is \(architecture), not x86")
        }
        return try ModelHost(host, hypervisors: try host.nativeCapabilities(), map: map)
    }
}
