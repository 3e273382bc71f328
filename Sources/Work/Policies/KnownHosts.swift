import CPUModel
import Hosts
import Lint

/// Hosts, and what is known about CPU models, with the names that only these hosts have.
package struct KnownHosts {
    var hosts: [Host]
    var knowledge: CPUKnowledge

    /// - Parameter knowledge: without the hosts' names.
    /// - Throws: `HostError` for a host whose model no CPU map has and its hypervisor does not list: every verdict on it
    ///   would be "unknown", and a check that judges nothing must not look like one that found nothing. Also for a host
    ///   named by a URI that does not answer.
    init(_ hosts: [Host], _ knowledge: CPUKnowledge) throws(HostError) {
        self.hosts = hosts
        self.knowledge = try knowledge.adding(namesOf: hosts)
        for host in EqualHosts(hosts).firsts.map({ hosts[$0] }) {
            guard let cpu = host.cpu, let model = cpu.model else { continue }
            let map = self.knowledge.map
            let isKnown = switch cpu.driver {
            case .x86: map.x86.model(named: model) != nil
            case .ppc64: map.ppc64.model(named: PVRMap.currentName(of: model)) != nil
            case nil: true
            }
            if !isKnown {
                throw HostError(
                    file: host.file ?? host.name,
                    message: "host \(host.name): unknown CPU model '\(model)'; if its libvirt is newer than \(self.knowledge.newestRelease), also give the output of virsh domcapabilities")
            }
        }
    }

    /// The CPU map of a host's libvirt; the newest if its release is not known.
    func map(of host: Host) -> CPUMap {
        knowledge.map(of: host, release: host.libvirtRelease(oldest: nil, knowledge))
    }
}
