import CPUModel
import DomainXML
import Hosts

/// The hosts that must run the guests, and the CPUs that targets derive from them.
struct HostTargets: Sendable {
    /// What each host offers for a guest's platform.
    let startCheck: StartCheck
    /// If the hosts have several architectures, the targets of the x86 hosts: hosts of other architectures run other
    /// guests. Empty otherwise; an array, because a structure cannot contain itself.
    private let x86Alone: [HostTargets]

    var hosts: [Host] { startCheck.hosts }
    var knowledge: CPUKnowledge { startCheck.knowledge }
    private var map: CPUMap { knowledge.map }
    private var oldest: CPUMap { startCheck.oldestMap }
    private let nearestCPUs = Remembered<NearestQuestion, Result<CPUDefinition, any Error>>()
    private let baselines = Remembered<DomainPlatform, Result<CPUDefinition, any Error>>()
    private let portableModels = Remembered<DomainPlatform, PortableModel?>()
    private let levelModels = Remembered<LevelQuestion, Result<String, any Error>>()
    var names: String { hosts.map(\.name).joined(separator: ", ") }

    init(_ startCheck: StartCheck) {
        self.startCheck = startCheck
        let x86 = startCheck.hosts.filter { $0.architecture.map { Architecture(name: $0).family == .x86 } ?? true }
        x86Alone = x86.isEmpty || x86.count == startCheck.hosts.count ? [] : [HostTargets(startCheck.asked(of: x86))]
    }

    /// The targets of the x86 hosts, if there are hosts of other architectures too.
    var ofX86: HostTargets { x86Alone.first ?? self }

    /// As `StartCheck.architecture`.
    var architecture: String? { startCheck.architecture }

    /// Throws a `Refusal` if a model belongs to another architecture, or if libvirt does not know it. The CPU map
    /// contains the models of x86 and ppc64; other architectures have the models that QEMU knows.
    func check(model name: String, fits architecture: Architecture) throws(Refusal) {
        let isX86 = map.x86.model(named: name) != nil
        let isPPC64 = map.ppc64.model(named: PVRMap.currentName(of: name)) != nil
        switch architecture.facts.driver {
        case .x86:
            if isX86 { return }
            let nearest = map.x86.nearestModel(to: name)
            throw Refusal(reason: "libvirt does not know the x86 CPU model \(quoted(name))\(didYouMean(nearest))")
        case .ppc64:
            if isPPC64 { return }
            throw Refusal(reason: "libvirt does not know the ppc64 CPU model \(quoted(name))")
        case nil:
            if isX86 || isPPC64 { throw Refusal(reason: "\(name) is not a CPU model of \(architecture)") }
        }
    }

    /// The CPU that a target derives from the hosts.
    ///
    /// - Parameter target: one that needs a host (`Target.needsHost`).
    /// - Throws: `Refusal` or `HostCPUError` if the hosts have no such CPU for the guest.
    func change(for target: Target, _ guest: Guest) throws -> CPUChange {
        guard !hosts.isEmpty else {
            throw Refusal(reason: "no host given (use --host with the output of virsh capabilities)")
        }
        if let pool = x86Alone.first { return try pool.change(for: target, guest) }
        switch target {
        case .baseline: return change(to: try baseline(for: DomainPlatform(guest)))
        case .pin: return change(to: try pinned(guest))
        case .level(let level):
            return CPUChange(mode: .custom, model: try model(with: level, for: DomainPlatform(guest)), fallback: .forbid)
        default: return change(to: try nearestCPU(for: DomainPlatform(guest), isSecured: target != .plainModel))
        }
    }

    private func change(to cpu: CPUDefinition) -> CPUChange {
        CPUChange(
            mode: .custom, model: cpu.model, fallback: cpu.fallback == .forbid ? .forbid : .allow, vendor: cpu.vendor,
            features: cpu.features.map { CPUChange.Feature(name: $0.name, policy: $0.policy) })
    }

    func requireOneVendor(_ vendors: [String?], _ platform: DomainPlatform) throws(Refusal) {
        guard let other = vendors.firstIndex(where: { $0 != vendors[0] }) else { return }
        let words = [0, other].map { "\(hosts[$0].name) is \(vendors[$0] ?? "of unknown vendor")" }
        let way = portableModel(for: platform).map { "; what starts on all of them is \($0)" } ?? ", and no model starts on all of them"
        throw Refusal(reason: "the hosts have CPUs of different vendors (\(words.joined(separator: ", ")))\(way)")
    }

    /// The best model without a `<vendor>` that all hosts start. It is the same for all guests of a platform, and found
    /// once.
    func portableModel(for platform: DomainPlatform) -> PortableModel? {
        let key = platform.withoutMachineOnX86
        return portableModels.answer(to: key) { startCheck.portableModel(for: key) }
    }

    /// The smallest model that has a level and that all hosts start. It is found once for a machine type, on which the
    /// features of QEMU's models depend.
    func model(with level: ISALevel, for platform: DomainPlatform) throws -> String {
        try levelModels.answer(to: LevelQuestion(level: level, platform: withKnownMachine(platform))) {
            Result { try startCheck.model(with: level, for: platform) }
        }.get()
    }

    private struct LevelQuestion: Hashable {
        var level: ISALevel
        var platform: DomainPlatform
    }

    /// The CPU of the target `host-model-only`. It is found once for a machine type, as above.
    ///
    /// - Parameter isSecured: with the protections that all hosts offer.
    func nearestCPU(for platform: DomainPlatform, isSecured: Bool = true) throws -> CPUDefinition {
        try nearestCPUs.answer(to: NearestQuestion(isSecured: isSecured, platform: withKnownMachine(platform))) {
            Result { try findNearestCPU(for: platform, isSecured: isSecured) }
        }.get()
    }

    private struct NearestQuestion: Hashable {
        var isSecured: Bool
        var platform: DomainPlatform
    }

    /// The platform with one of the machine types that QEMU has had. A stranger's definitions can name any number of them.
    private func withKnownMachine(_ platform: DomainPlatform) -> DomainPlatform {
        // QEMU has had minor versions up to 12 and then up to 2, and newer machine types than the known ones count as the
        // newest.
        var key = platform.withoutMachineOnX86
        if let version = platform.machine.flatMap({ MachineVersion(machine: $0) }), knowledge.newestQEMU.map({ version <= $0 }) ?? false {
            key.machine = "pc-\(version.major).\(min(version.minor, 13))"
        }
        return key
    }

    // MARK: baseline

    /// The CPU that runs on all hosts and can migrate between them. It is derived from what the hypervisors give to
    /// guests if that is known, or else from the processors. It is the same for all guests of a platform, and found once.
    func baseline(for platform: DomainPlatform) throws -> CPUDefinition {
        let key = platform.withoutMachineOnX86
        return try baselines.answer(to: key) { Result { try findBaseline(for: key) } }.get()
    }

    private func findBaseline(for platform: DomainPlatform) throws -> CPUDefinition {
        let cpus = try hosts.indices.map { index in
            try startCheck.requireX86(index)
            guard var cpu = startCheck.hostModel(of: index, for: platform) ?? hosts[index].cpu else {
                throw Refusal(reason: "host \(hosts[index].name) does not report its CPU")
            }
            // Only libvirt 10.10 and later knows names with a version (`-vN`).
            let own = startCheck.map(of: index).x86
            cpu.model = cpu.model.map { own.unversionedName(of: $0) ?? $0 }
            // The names that the host's own libvirt lacks are of no use to its guests.
            cpu.features.removeAll { own.feature(named: $0.name) == nil }
            cpu.features.removeAll { X86Map.notGivenByKVM.contains($0.name) }
            return cpu
        }
        try requireOneVendor(cpus.map(\.vendor), platform)
        do {
            let oldest = oldest.x86
            var baseline = try oldest.baseline(
                cpus, expandedBy: hosts.indices.map { startCheck.map(of: $0).x86 }, among: oldest.unversionedModels(),
                migratable: true)
            // Without fallback='forbid', libvirt could replace the model that was chosen.
            baseline.fallback = .forbid
            // QEMU's model can contain features that the map's model lacks and that one of the hosts cannot provide.
            for name in blockers(of: baseline, for: platform)
            where !baseline.features.contains(where: { $0.name == name }) {
                baseline.features.append(CPUDefinition.Feature(name, .disable))
            }
            return baseline
        } catch {
            throw Refusal(reason: "the hosts (\(names)) have no common baseline: \(error)")
        }
    }

    /// The features of a CPU's model that a host cannot provide: the blockers that the hypervisor reports for the
    /// model, and the features that the hypervisor's host-model disables if it is the same model.
    private func blockers(of cpu: CPUDefinition, for platform: DomainPlatform) -> [String] {
        guard let name = cpu.model else { return [] }
        var missing: Set<String> = []
        for index in startCheck.distinct {
            if let model = startCheck.capabilities(of: index, for: platform)?.capabilities.model(named: name) {
                missing.formUnion(model.blockers)
            }
            guard let own = startCheck.hostModel(of: index, for: platform), let model = own.model else { continue }
            if (map.x86.unversionedName(of: model) ?? model) == name {
                missing.formUnion(own.features.filter { $0.policy == .disable }.map(\.name))
            }
        }
        return missing.sorted()
    }

    // MARK: pin

    /// What is not known about the CPU that `pin` writes; nil if the hypervisor itself reports it.
    func doubtAboutPin(of guest: Guest) -> String? {
        if let pool = x86Alone.first { return pool.doubtAboutPin(of: guest) }
        guard hosts.count == 1, let host = hosts.first, startCheck.hostModel(of: 0, for: DomainPlatform(guest)) == nil else { return nil }
        return "this is made from the processor of host \(host.name) alone, so what the guest gets today can differ in some "
            + "features: only virsh domcapabilities of the host, for the guest's machine type, tells"
    }

    /// The CPU that the guest would get today on the host, or on each of several hosts.
    private func pinned(_ guest: Guest) throws -> CPUDefinition {
        var own = CPUDefinition(kind: .guest)
        for feature in guest.cpu?.features ?? [] {
            guard let name = guest.domain[feature.name], let policy = feature.effectivePolicy else { continue }
            own.features.append(CPUDefinition.Feature(name, policy))
        }
        let platform = DomainPlatform(guest)
        if hosts.count > 1 {
            if let cpu = startCheck.commonHostModel(of: own, for: platform) { return cpu }
            throw Refusal(reason: "pin requires the host that the guest runs on, because the CPU differs between hosts: name only that one with --host (given: \(names))")
        }
        return try startCheck.hostModelExpansion(of: own, for: platform, on: 0).cpu
    }
}
