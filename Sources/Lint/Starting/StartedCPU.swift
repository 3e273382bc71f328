import CPUModel
import Hosts

/// The CPU that libvirt requests of QEMU when it starts a guest. libvirt makes it of the definition, and compares it with what
/// QEMU gives under `check='full'` (11.3: qemu_process.c, `qemuProcessUpdateGuestCPU`).
struct StartedCPU {
    /// A custom CPU with a model of the hypervisor's, or host-passthrough or maximum with the guest's own features. No
    /// feature is optional.
    var cpu: CPUDefinition
    /// False if libvirt takes another model than the definition's and may take another one than `cpu` has: it knows what
    /// blocks each model, which domain capabilities show only since libvirt 10.9.
    private(set) var isCertain = true

    /// Why the CPU cannot be determined, or why libvirt does not start it.
    enum Failure: Error {
        case refuses(HostVerdict.Reason)
        case unknown(String)
    }

    /// - Throws: `Failure`, or `CPUModelError` for a name that the CPU map of the host's libvirt lacks.
    init(_ question: StartQuestion, on host: PlatformHost, with known: DomainCapabilities) throws {
        let x86 = host.map.x86
        cpu = question.cpu
        for feature in cpu.features where x86.feature(named: feature.name) == nil { throw CPUModelError.unknownFeature(feature.name) }
        let isRelative = question.usesHostModel || cpu.features.contains { $0.policy == .optional }
        if cpu.mode == .custom || cpu.mode == .hostModel {
            let hostModel = Self.migratableHostModel(of: known, on: host)
            if isRelative {
                guard let hostModel else { throw Failure.unknown("its domain capabilities have no host-model") }
                try decideOptional(by: x86.expand(hostModel), x86)
            }
            if question.usesHostModel, let hostModel { take(hostModel) }
            try translate(x86, known)
            disableRemoved(x86)
        }
        let ignored = X86Map.ignoredByQEMUDriver(of: host.release)
        cpu.features.removeAll { ignored.contains($0.name) }
    }

    /// The host-model that guests start with: only what does not keep a guest from migrating.
    private static func migratableHostModel(of known: DomainCapabilities, on host: PlatformHost) -> CPUDefinition? {
        guard var cpu = known.startedHostModel(host.map.x86, release: host.release ?? host.shown) else { return nil }
        cpu.features.removeAll { $0.policy == .require && X86Map.notMigratableInQEMU.contains($0.name) }
        return cpu
    }

    private mutating func decideOptional(by host: FeatureSet, _ x86: X86Map) {
        for index in cpu.features.indices where cpu.features[index].policy == .optional {
            let isThere = x86.bits(ofFeature: cpu.features[index].name)?.isSubset(of: host) ?? false
            cpu.features[index].policy = isThere ? .require : .disable
        }
    }

    /// Replaces the model by the host's. The guest's own features stay on top.
    private mutating func take(_ hostModel: CPUDefinition) {
        let own = cpu.features
        cpu.mode = .custom
        cpu.match = .exact
        cpu.model = hostModel.model
        if cpu.fallback == .forbid || hostModel.fallback == .forbid { cpu.fallback = hostModel.fallback }
        cpu.features = hostModel.features
        own.forEach { set($0) }
    }

    private mutating func set(_ feature: CPUDefinition.Feature) {
        if let index = cpu.features.firstIndex(where: { $0.name == feature.name }) {
            cpu.features[index] = feature
        } else {
            cpu.features.append(feature)
        }
    }

    /// Replaces a model that the hypervisor does not list by the nearest one that it lists (cpu_x86.c,
    /// `virCPUx86Translate`).
    private mutating func translate(_ x86: X86Map, _ known: DomainCapabilities) throws {
        guard let name = cpu.model, !known.models.isEmpty, known.model(named: name) == nil else { return }
        if cpu.fallback == .forbid { throw Failure.refuses(.notListed(name)) }
        guard let model = x86.model(named: name) else { throw CPUModelError.unknownModel(name) }
        isCertain = !known.withholdsBlockers
        let own = cpu.features
        let nearest = try x86.decode(
            x86.expand(cpu), vendor: model.vendor, signature: model.signatures.first?.first, as: .guest,
            among: known.models.map { ListedModel(name: $0.name, blockers: $0.blockers) })
        cpu.model = nearest.model
        cpu.features = nearest.features
        own.forEach { set($0) }
    }

    /// libvirt disables what QEMU has removed from the model, unless the definition lists it.
    private mutating func disableRemoved(_ x86: X86Map) {
        guard let model = cpu.model.flatMap({ x86.model(named: $0) }) else { return }
        for name in model.removedFeatures where !cpu.features.contains(where: { $0.name == name }) {
            cpu.features.append(CPUDefinition.Feature(name, .disable))
        }
    }
}

extension SignaturePattern {
    /// The signature with the lowest stepping.
    fileprivate var first: CPUSignature {
        CPUSignature(family: family, model: model, stepping: min(steppings.trailingZeroBitCount, 15))
    }
}
