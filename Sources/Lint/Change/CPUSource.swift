import CPUModel
import Hosts

/// Where a guest's CPU comes from.
struct CPUSource: CustomStringConvertible {
    enum Kind: Equatable {
        /// Spelt out in the definition.
        case model
        /// No model and no mode: on x86, `qemu64` or `qemu32`.
        case hypervisorDefault
        /// The model, and what the host has besides.
        case minimum
        case hostModel, passthrough, maximum
    }

    let kind: Kind
    /// With the model that the default comes to, where that is known.
    let definition: CPUDefinition
    /// The map answers for it.
    let isX86: Bool
    let isManaged: Bool
    let description: String
    private let accelerator: Accelerator

    /// - Precondition: libvirt takes the words of its `<cpu>`.
    init(_ record: GuestRecord) {
        var definition = record.cpu.definition ?? CPUDefinition(kind: .guest)
        isManaged = record.isManaged
        isX86 = record.isManaged && record.architecture.family == .x86
        accelerator = record.platform.accelerator
        switch definition.mode {
        case .custom where definition.model == nil:
            kind = .hypervisorDefault
            // The binary's, whatever the guest's architecture.
            let is64Bit = record.architecture.name != "i686" || record.platform.emulator?.hasSuffix("x86_64") == true
            if isX86 { definition.model = is64Bit ? "qemu64" : "qemu32" }
        case .custom: kind = definition.match == .minimum ? .minimum : .model
        case .hostModel: kind = .hostModel
        case .hostPassthrough: kind = .passthrough
        case .maximum: kind = .maximum
        }
        switch kind {
        case .hypervisorDefault: description = "the hypervisor's default"
        case .model: description = Self.name(definition, record)
        case .minimum: description = "\(Self.name(definition, record)) or more"
        case .hostModel:
            // ppc64's compatibility mode.
            let mode = record.architecture.family == .ppc64 ? definition.model : nil
            description = "host-model" + (mode.map { " (\($0))" } ?? "")
        case .passthrough, .maximum: description = definition.mode.rawValue
        }
        self.definition = definition
    }

    private static func name(_ definition: CPUDefinition, _ record: GuestRecord) -> String {
        let name = definition.model ?? ""
        return record.architecture.family == .ppc64 ? PVRMap.currentName(of: name) : name
    }

    func namesSameModel(as other: CPUSource, in map: CPUMap) -> Bool {
        guard kind == .minimum else { return true }
        return map.x86.canonicalName(of: definition.model ?? "") == map.x86.canonicalName(of: other.definition.model ?? "")
    }

    func isSame(as other: CPUSource) -> Bool { kind == other.kind && description == other.description }

    /// Such as libvirt writes it at define for a definition without one (qemu_postparse.c): whatever QEMU calls the
    /// machine type's default, unchecked; on s390x under KVM host-model.
    func isAsWrittenForDefault(_ record: GuestRecord) -> Bool {
        switch kind {
        case .model: record.cpu.isUncheckedModel && (!isX86 || ["qemu64", "qemu32"].contains(definition.model))
        case .hostModel: record.architecture.family == .s390 && accelerator == .kvm && definition.features.isEmpty
        default: false
        }
    }

    /// In words; nil where nothing can be said.
    func brand(_ map: CPUMap, _ hosts: HostTargets) -> String? {
        switch kind {
        case .model, .hypervisorDefault, .minimum:
            guard let name = definition.model else { return nil }
            return hosts.knowledge.qemu?.model(named: name)?.brand ?? "that of \(name)"
        case .hostModel: return "that of the model which is nearest to the host"
        case .passthrough, .maximum: return accelerator == .kvm ? "the host's own" : "QEMU's own"
        }
    }
}

extension DomainPlatform {
    /// hvf is taken for KVM.
    var accelerator: Accelerator { isAccelerated ? .kvm : .tcg }
}

extension CPUDefinition {
    /// What becomes of each feature that is listed: on or off. What is optional is the host's decision, and not in it.
    var outcomes: [String: Bool] {
        var outcomes: [String: Bool] = [:]
        for feature in features {
            switch feature.policy {
            case .force, .require: outcomes[feature.name] = true
            case .disable, .forbid: outcomes[feature.name] = false
            case .optional: outcomes[feature.name] = nil
            }
        }
        return outcomes
    }
}

/// What is known of the features that hosts give to guests of a platform.
struct HostFeatures {
    private let x86: X86Map
    private var everywhere: FeatureSet?
    private var anywhere = FeatureSet()

    init(_ hosts: HostTargets, _ platform: DomainPlatform) {
        x86 = hosts.knowledge.x86
        guard !hosts.hosts.isEmpty, platform.isX86, platform.isAccelerated else { return }
        for index in hosts.hosts.indices {
            guard let offered = hosts.startCheck.offered(index, for: platform) else {
                everywhere = nil
                return
            }
            everywhere = everywhere.map { $0 & offered } ?? offered
            anywhere |= offered
        }
    }

    /// Nil where the hosts differ, and where nobody knows.
    subscript(feature: String) -> Bool? {
        guard let everywhere, let bits = x86.bits(ofFeature: feature) else { return nil }
        if bits.isSubset(of: everywhere) { return true }
        return bits.isSubset(of: anywhere) ? nil : false
    }
}
