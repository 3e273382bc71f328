import CPUModel
import DomainXML
import Hosts

/// The hosts that must run the guests, and the targets that come from them.
struct HostPool: Sendable {
    var hosts: [Host] = []
    let knowledge: CPUKnowledge

    private var map: CPUMap { knowledge.map }

    /// The hosts' architecture where they agree, for definitions that name none.
    var architecture: String? {
        guard let first = hosts.first?.cpu?.architecture, hosts.allSatisfy({ $0.cpu?.architecture == first })
        else { return nil }
        return first
    }

    /// Refuses a model that belongs to another architecture, and one that libvirt does not know. The map has the
    /// models of x86 and ppc64; those of other architectures are QEMU's business.
    func check(model name: String, fits architecture: Architecture) throws {
        let isX86 = map.x86.model(named: name) != nil
        let isPPC64 = map.ppc64.model(named: PVRMap.currentName(of: name)) != nil
        switch architecture.family {
        case .x86 where !isX86:
            let nearest = map.x86.nearestModel(to: name)
            throw Refusal(reason: "libvirt knows no x86 model \(quoted(name))\(didYouMean(nearest))")
        case .ppc64 where !isPPC64:
            throw Refusal(reason: "libvirt knows no ppc64 model \(quoted(name))")
        case .x86, .ppc64: return
        default:
            if isX86 || isPPC64 { throw Refusal(reason: "\(name) is no model of \(architecture)") }
        }
    }

    func change(for target: Target, _ guest: Guest) throws -> CPUChange {
        guard !hosts.isEmpty else {
            throw Refusal(reason: "no host is known: name one with --host (the output of virsh capabilities)")
        }
        switch target {
        case .baseline: return change(for: try baseline())
        case .pin:
            throw Refusal(reason: "pin needs the host's domain capabilities, which this version does not read")
        default:
            // A model chosen by a host's CPU is meant: another one in its place would be a surprise.
            return CPUChange(mode: .custom, model: try nearestModel(for: guest.architecture), fallback: .forbid)
        }
    }

    private func change(for cpu: CPUDefinition) -> CPUChange {
        CPUChange(
            mode: .custom, model: cpu.model, fallback: CPU.Fallback(rawValue: cpu.fallback.rawValue), vendor: cpu.vendor,
            features: cpu.features.map {
                CPUChange.Feature(name: $0.name, policy: CPU.Policy(rawValue: $0.policy.rawValue) ?? .require)
            })
    }

    /// What runs on all the hosts and can migrate between them.
    private func baseline() throws -> CPUDefinition {
        do {
            // By the names that every libvirt knows.
            let cpus = try x86CPUs().map { cpu in
                var cpu = cpu
                cpu.model = cpu.model.map { map.x86.unversionedName(of: $0) ?? $0 }
                return cpu
            }
            return try map.baseline(cpus, among: unversionedModels(), migratable: true)
        } catch let error as CPUModelError {
            throw Refusal(reason: "the hosts (\(names)) have no baseline: \(error)")
        }
    }

    private var names: String { hosts.map(\.name).joined(separator: ", ") }

    /// The nearest model that is complete on every host, by an unversioned name.
    private func nearestModel(for architecture: Architecture) throws -> String {
        let cpus = try x86CPUs()
        let x86 = map.x86
        var common: FeatureSet?
        for (host, cpu) in zip(hosts, cpus) {
            do {
                let features = try x86.host(cpu).features
                common = common.map { $0 & features } ?? features
            } catch {
                throw Refusal(reason: "host \(host.name): \(error)")
            }
        }
        let signature = cpus.allSatisfy { $0.signature == cpus[0].signature } ? cpus[0].signature : nil
        let candidates = unversionedModels { architecture.name != "x86_64" || isLong($0) }
        do {
            let nearest = try x86.decode(
                common ?? FeatureSet(), vendor: cpus[0].vendor, signature: signature, as: .host, among: candidates)
            guard let name = nearest.model else { throw CPUModelError.noSuitableModel }
            return name
        } catch {
            throw Refusal(reason: "no CPU model is complete on \(names)")
        }
    }

    /// `-vN` names need libvirt 10.10 on every host.
    private func unversionedModels(where isWanted: (X86Model) -> Bool = { _ in true }) -> [ListedModel] {
        map.x86.models.filter { !X86Map.isVersioned($0.name) && isWanted($0) }.map { ListedModel(name: $0.name) }
    }

    /// A 64-bit guest needs long mode.
    private func isLong(_ model: X86Model) -> Bool {
        map.x86.featureNames(in: model.features).contains("lm")
    }

    private func x86CPUs() throws -> [CPUDefinition] {
        let cpus = try hosts.map { host in
            guard let cpu = host.cpu else { throw Refusal(reason: "host \(host.name) says nothing of its CPU") }
            guard case .x86 = CPUFamily(architecture: cpu.architecture ?? "") else {
                throw Refusal(reason: "host \(host.name) is \(cpu.architecture ?? "of unknown architecture"), not x86")
            }
            return cpu
        }
        if let other = cpus.firstIndex(where: { $0.vendor != cpus[0].vendor }) {
            let vendors = [0, other].map { "\(hosts[$0].name) is \(cpus[$0].vendor ?? "of unknown vendor")" }
            throw Refusal(reason: "the hosts' vendors differ (\(vendors.joined(separator: ", "))): no model fits both")
        }
        return cpus
    }
}
