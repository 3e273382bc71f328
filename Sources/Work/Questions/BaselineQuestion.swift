import CPUModel
import Hosts
import Reports

extension HostQuestion {
    /// The CPU that runs on all the hosts, as `virsh cpu-baseline` computes it.
    ///
    /// - Parameters:
    ///   - migratable: leave out features that keep a guest from migrating.
    ///   - expand: list every feature, including those of the model.
    /// - Throws: `NoBaseline` where the hosts have none; `HostError` for a host that cannot be judged.
    package func baseline(of specs: [String], migratable: Bool, expand: Bool) throws -> CPUDefinition {
        let hosts = try knownHosts(specs)
        let cpus = try hosts.map(comparedCPU)
        var baseline: CPUDefinition
        do {
            baseline = try knowledge.map.baseline(cpus, migratable: migratable, expand: expand)
        } catch {
            if case .notJudged = error { throw unjudged(hosts[0], "\(error)") }
            let reason = if case .vendorsDiffer = error { vendors(hosts, cpus) } else { "\(error)" }
            throw NoBaseline(hosts: hosts.map(\.name), reason: reason)
        }
        baseline.features.removeAll { X86Map.ignoredByQEMUDriver.contains($0.name) }
        return baseline
    }

    /// The host's CPU, or else the host-model of its domain capabilities.
    private func comparedCPU(_ host: Host) throws -> CPUDefinition {
        if let cpu = host.cpu, cpu.model != nil { return cpu }
        guard var cpu = try host.nativeCapabilities().compactMap(\.hostModel).first else {
            throw unjudged(host, "nothing is known of its CPU")
        }
        (cpu.mode, cpu.architecture) = (.custom, host.architecture)
        return cpu
    }

    /// The vendors that differ, each with its first host.
    private func vendors(_ hosts: [Host], _ cpus: [CPUDefinition]) -> String {
        var seen: Set<String> = []
        let words = zip(hosts, cpus).compactMap { host, cpu -> String? in
            guard let vendor = cpu.vendor ?? cpu.model.flatMap({ knowledge.map.x86.model(named: $0)?.vendor }),
                seen.insert(vendor).inserted
            else { return nil }
            return "\(host.name) is \(vendor)"
        }
        return "the vendors differ (\(words.joined(separator: ", ")))"
    }

    private func unjudged(_ host: Host, _ why: String) -> HostError {
        HostError(file: host.file ?? host.name, message: "host \(host.name): \(why)")
    }
}

/// The hosts have no baseline. That is an answer: the exit status is 1.
package struct NoBaseline: Error {
    var hosts: [String]
    var reason: String

    package var shown: String {
        printable("virt-cpu: error: \(hosts.joined(separator: ", ")) have no baseline: \(reason)")
    }
}
