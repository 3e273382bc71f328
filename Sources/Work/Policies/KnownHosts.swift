import CPUModel
import Hosts
import Lint

extension HostArguments {
    /// Returns the hosts unchanged if the map contains their models and features.
    /// - Throws: `HostError` for a host with a model or a feature that the map does not have: statements about its
    ///   features would be wrong.
    package func known(_ hosts: [Host]) throws -> [Host] {
        for host in hosts {
            do {
                try check(host.cpu)
            } catch let error as CPUModelError {
                throw HostError(file: host.file ?? host.name, message: "host \(host.name): \(error)")
            }
        }
        return hosts
    }

    /// Returns the hosts unchanged if the map contains their models.
    /// - Throws: `HostError` for a host with a model that the map does not have: every verdict on it would be
    ///   "unknown", and a check that judges nothing must not look like one that found nothing. Unknown features are
    ///   accepted, since no guest that this map knows requires them.
    package func withKnownModels(_ hosts: [Host]) throws -> [Host] {
        for host in hosts {
            guard let model = host.cpu?.model else { continue }
            let isKnown = switch CPUFamily(architecture: host.cpu?.architecture ?? "x86_64") {
            case .x86: knowledge.map.x86.model(named: model) != nil
            case .ppc64: knowledge.map.ppc64.model(named: PVRMap.currentName(of: model)) != nil
            case .notJudged: true
            }
            if !isKnown {
                throw HostError(
                    file: host.file ?? host.name,
                    message: "host \(host.name): unknown CPU model '\(model)'; if a newer libvirt knows it, use --cpu-map system")
            }
        }
        return hosts
    }

    private func check(_ cpu: CPUDefinition?) throws {
        guard let cpu else { return }
        switch CPUFamily(architecture: cpu.architecture ?? "x86_64") {
        case .x86: _ = try knowledge.map.x86.host(cpu)
        case .ppc64:
            if let model = cpu.model, knowledge.map.ppc64.model(named: model) == nil { throw CPUModelError.unknownModel(model) }
        case .notJudged: break
        }
    }
}
