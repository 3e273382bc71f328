import CPUModel
import DomainXML
import Hosts

/// The hosts that must run the guests, and the targets that come from them.
struct HostTargets: Sendable {
    /// What each host has for a guest's platform; of the same hosts.
    let startCheck: StartCheck
    /// Where the hosts are of several architectures, those that the targets speak of: the others are other guests' hosts.
    private let x86Alone: [HostTargets]

    var hosts: [Host] { startCheck.hosts }
    var knowledge: CPUKnowledge { startCheck.knowledge }
    private var map: CPUMap { knowledge.map }
    private var names: String { hosts.map(\.name).joined(separator: ", ") }

    init(_ startCheck: StartCheck) {
        self.startCheck = startCheck
        let x86 = startCheck.hosts.filter { $0.architecture.map { CPUFamily(architecture: $0) == .x86 } ?? true }
        x86Alone = x86.isEmpty || x86.count == startCheck.hosts.count ? [] : [HostTargets(startCheck.asked(of: x86))]
    }

    /// As of the hosts that are checked.
    var architecture: String? { startCheck.architecture }

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

    /// What a target that speaks of the hosts asks for; `nil` to keep the CPU.
    func change(for target: Target, _ guest: Guest) throws -> CPUChange? {
        guard !hosts.isEmpty else {
            throw Refusal(reason: "no host is known: name one with --host (the output of virsh capabilities)")
        }
        if let pool = x86Alone.first { return try pool.change(for: target, guest) }
        switch target {
        case .baseline: return change(to: try baseline(for: guest))
        case .pin: return change(to: try pinned(guest))
        default:
            // A model chosen by a host's CPU is meant: another one in its place would be a surprise.
            return CPUChange(mode: .custom, model: try nearestModel(for: guest), fallback: .forbid)
        }
    }

    private func change(to cpu: CPUDefinition) -> CPUChange {
        CPUChange(
            mode: .custom, model: cpu.model, fallback: cpu.fallback == .forbid ? .forbid : .allow, vendor: cpu.vendor,
            features: cpu.features.map { CPUChange.Feature(name: $0.name, policy: $0.policy) })
    }

    /// `-vN` names need libvirt 10.10 on every host.
    private func unversionedModels(where isWanted: (X86Model) -> Bool = { _ in true }) -> [ListedModel] {
        map.x86.models.filter { !X86Map.isVersioned($0.name) && isWanted($0) }.map { ListedModel(name: $0.name) }
    }

    // MARK: host-model-only

    /// What hosts' hypervisors call missing of a CPU's model, and what their host-model of the same name leaves out.
    private func blockers(of cpu: CPUDefinition, for platform: DomainPlatform) -> [String] {
        guard let name = cpu.model else { return [] }
        var missing: Set<String> = []
        for index in hosts.indices {
            if let model = startCheck.capabilities(of: index, for: platform)?.capabilities.model(named: name) {
                missing.formUnion(model.blockers)
            }
            guard let own = hostModel(index, platform), let model = own.model else { continue }
            if (map.x86.unversionedName(of: model) ?? model) == name {
                missing.formUnion(own.features.filter { $0.policy == .disable }.map(\.name))
            }
        }
        return missing.sorted()
    }

    /// The nearest model that is complete on every host and that every host would start.
    private func nearestModel(for guest: Guest) throws -> String {
        let x86 = map.x86
        let own = try own(for: guest)
        var common = own[0].features
        for host in own.dropFirst() { common &= host.features }
        let signature = own.allSatisfy { $0.signature == own[0].signature } ? own[0].signature : nil
        let isLong = guest.architecture.name == "x86_64"
        let longMode = x86.bits(ofFeatures: ["lm"])
        let candidates = unversionedModels { !isLong || longMode.isSubset(of: $0.features) }.filter { model in
            isStarted(model.name, guest)
        }
        let model: String
        do {
            let nearest = try x86.decode(
                common, vendor: own[0].vendor, signature: signature, as: .host, among: candidates)
            guard let name = nearest.model else { throw CPUModelError.noSuitableModel }
            model = name
        } catch {
            throw Refusal(
                reason: "no CPU model is complete on \(names)"
                    + nearestMiss(common, vendor: own[0].vendor, among: candidates))
        }
        // A masked or nested host has no model whole but those that the hypervisor gives anyway.
        if own[0].vendor != nil, Self.hypervisorDefaults.contains(model) {
            throw Refusal(
                reason: "the only model complete on \(names) is \(model), the hypervisor's default: a masked or nested host")
        }
        return model
    }

    /// What the model with the fewest features missing lacks.
    private func nearestMiss(_ common: FeatureSet, vendor: String?, among candidates: [ListedModel]) -> String {
        let models = candidates.compactMap { map.x86.model(named: $0.name) }
            .filter { $0.vendor == nil || $0.vendor == vendor }
        let missing = models.map { ($0.name, $0.features - common) }
        // Of equals the newer, which the map has last.
        guard let (name, lacked) = missing.reversed().min(by: { $0.1.count < $1.1.count }) else { return "" }
        return ": the nearest, \(name), lacks \(listing(map.x86.featureNames(in: lacked)))"
    }

    private static let hypervisorDefaults = ["qemu64", "kvm64", "qemu32", "kvm32"]

    /// No host is known for certain to refuse the model.
    private func isStarted(_ model: String, _ guest: Guest) -> Bool {
        let question = StartQuestion(cpu: CPUDefinition(kind: .guest, model: model), platform: DomainPlatform(guest))
        return hosts.indices.allSatisfy { index in
            let verdict = startCheck.verdict(on: question, host: index)
            return !(verdict.answer == .refuses && verdict.isCertain)
        }
    }

    private struct OwnCPU {
        var vendor: String?
        var signature: CPUSignature?
        var features: FeatureSet
    }

    private func own(for guest: Guest) throws -> [OwnCPU] {
        let own = try hosts.indices.map { try self.own($0, for: DomainPlatform(guest)) }
        try requireOneVendor(own.map(\.vendor))
        return own
    }

    /// What a host's processor has; of a host whose capabilities are not known, what its hypervisor reports.
    private func own(_ index: Int, for platform: DomainPlatform) throws -> OwnCPU {
        let host = hosts[index]
        try requireX86(host)
        if let cpu = host.cpu {
            return OwnCPU(vendor: cpu.vendor, signature: cpu.signature, features: try features(of: cpu, host.name))
        }
        guard let full = startCheck.fullHost(index, for: platform) else {
            throw Refusal(reason: "host \(host.name) says nothing of its CPU")
        }
        return OwnCPU(vendor: full.vendor, features: full.features)
    }

    private func features(of cpu: CPUDefinition, _ host: String) throws(Refusal) -> FeatureSet {
        do {
            return try map.x86.host(cpu).features
        } catch {
            throw Refusal(reason: "host \(host): \(error)")
        }
    }

    private func requireX86(_ host: Host) throws {
        guard case .x86 = CPUFamily(architecture: host.architecture ?? "") else {
            throw Refusal(reason: "host \(host.name) is \(host.architecture ?? "of unknown architecture"), not x86")
        }
    }

    private func requireOneVendor(_ vendors: [String?]) throws {
        guard let other = vendors.firstIndex(where: { $0 != vendors[0] }) else { return }
        let words = [0, other].map { "\(hosts[$0].name) is \(vendors[$0] ?? "of unknown vendor")" }
        throw Refusal(reason: "the hosts' vendors differ (\(words.joined(separator: ", "))): no model fits both")
    }

    // MARK: baseline

    /// What runs on all the hosts and can migrate between them: of what their hypervisors give guests where that is
    /// known, else of their processors.
    private func baseline(for guest: Guest) throws -> CPUDefinition {
        let cpus = try hosts.indices.map { index in
            try requireX86(hosts[index])
            guard var cpu = hostModel(index, DomainPlatform(guest)) ?? hosts[index].cpu else {
                throw Refusal(reason: "host \(hosts[index].name) says nothing of its CPU")
            }
            // By the names that every libvirt knows.
            cpu.model = cpu.model.map { map.x86.unversionedName(of: $0) ?? $0 }
            cpu.features.removeAll { withheld.contains($0.name) }
            return cpu
        }
        try requireOneVendor(cpus.map(\.vendor))
        do {
            var baseline = try map.baseline(cpus, among: unversionedModels(), migratable: true)
            // As any model that is chosen by the hosts: another in its place would be a surprise.
            baseline.fallback = .forbid
            // QEMU's model can have what the map's has not, and what one of the hosts cannot give.
            for name in blockers(of: baseline, for: DomainPlatform(guest))
            where !baseline.features.contains(where: { $0.name == name }) {
                baseline.features.append(CPUDefinition.Feature(name, .disable))
            }
            return baseline
        } catch {
            throw Refusal(reason: "the hosts (\(names)) have no baseline: \(error)")
        }
    }

    /// Features of a processor that guests never get.
    private var withheld: [String] { X86Map.withheldByKVM + X86Map.neverGivenByKVM }

    /// The hypervisor's own host-model for a platform.
    private func hostModel(_ index: Int, _ platform: DomainPlatform) -> CPUDefinition? {
        guard let known = startCheck.capabilities(of: index, for: platform), known.isOwn else { return nil }
        var cpu = known.capabilities.hostModel
        cpu?.mode = .custom
        return cpu
    }

    // MARK: pin

    /// What the guest would get on the host today.
    private func pinned(_ guest: Guest) throws -> CPUDefinition {
        guard hosts.count == 1 else {
            throw Refusal(reason: "pin speaks of the one host that the guest runs on: name it with --host (known: \(names))")
        }
        var own = CPUDefinition(kind: .guest)
        for feature in guest.cpu?.features ?? [] {
            guard let name = guest.domain[feature.name], let policy = feature.effectivePolicy else { continue }
            own.features.append(CPUDefinition.Feature(name, policy))
        }
        return try expansion(of: own, for: DomainPlatform(guest), on: 0).cpu
    }

    /// What libvirt makes of host-model on a host, spelt out.
    struct Expansion {
        var cpu: CPUDefinition
        /// From the domain capabilities of the guest's own platform; otherwise it is the model that is nearest to the
        /// host's processor and what the processor has beyond it, while KVM gives a little more and a little less.
        var isCertain: Bool
    }

    /// - Parameter own: what the guest asks for besides.
    func expansion(of own: CPUDefinition, for platform: DomainPlatform, on index: Int) throws -> Expansion {
        let reported = hostModel(index, platform)
        var cpu = try reported ?? decoded(index, platform)
        cpu.fallback = .forbid
        cpu.vendorID = own.vendorID
        // One that is disabled stays so: the model may have it.
        cpu.features.removeAll { $0.policy == .require && map.x86.feature(named: $0.name)?.isMigratable == false }
        for feature in own.features {
            if let index = cpu.features.firstIndex(where: { $0.name == feature.name }) {
                cpu.features[index] = feature
            } else {
                cpu.features.append(feature)
            }
        }
        return Expansion(cpu: cpu, isCertain: reported != nil)
    }

    /// Without domain capabilities: the nearest model and what the processor has beyond it.
    private func decoded(_ index: Int, _ platform: DomainPlatform) throws -> CPUDefinition {
        let own = try own(index, for: platform)
        do {
            return try map.x86.decode(
                own.features - map.x86.bits(ofFeatures: withheld), vendor: own.vendor, signature: own.signature,
                as: .guest, among: unversionedModels())
        } catch {
            throw Refusal(reason: "host \(hosts[index].name): \(error)")
        }
    }
}

extension DomainPlatform {
    /// What the guest runs on.
    init(_ guest: Guest) {
        let domain = guest.domain
        self.init(
            architecture: guest.architecture.name, virtType: domain[domain.type] ?? "", machine: domain[domain.machine],
            emulator: domain[domain.emulator?.text])
    }
}
