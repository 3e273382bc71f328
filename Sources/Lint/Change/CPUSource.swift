import CPUModel
import Hosts

/// What a guest's CPU is derived from: a named model, or the host.
struct CPUSource: CustomStringConvertible {
    enum Kind: Equatable {
        /// The definition names the model.
        case model
        /// The definition has no model and no mode. On x86, the guest gets `qemu64` or `qemu32`.
        case hypervisorDefault
        /// The named model, and all other features of the host.
        case minimum
        /// The mode of the same name.
        case hostModel, passthrough, maximum
    }

    let kind: Kind
    /// What `<cpu>` requests. For the hypervisor's default on x86, with the model that it means.
    let definition: CPUDefinition
    /// QEMU runs the guest on x86, so that the CPU map describes its CPU.
    let isX86: Bool
    /// QEMU runs the guest.
    let isManaged: Bool
    /// In a few words, for messages.
    let description: String
    private let accelerator: Accelerator

    /// - Precondition: libvirt accepts the words of the `<cpu>`.
    init(_ record: GuestRecord) {
        var definition = record.cpu.definition ?? CPUDefinition(kind: .guest)
        isManaged = record.isManaged
        isX86 = record.isManaged && record.architecture.family == .x86
        accelerator = record.platform.accelerator
        switch definition.mode {
        case .custom where definition.model == nil:
            kind = .hypervisorDefault
            // The emulator decides between qemu64 and qemu32: qemu-system-x86_64 gives even an i686 guest qemu64.
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
        case .minimum: description = "at least \(Self.name(definition, record))"
        case .hostModel:
            // On ppc64, the model of host-model is a compatibility mode.
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

    /// For match='minimum': whether both name the same model. True for every other kind of CPU.
    func namesSameModel(as other: CPUSource, in map: CPUMap) -> Bool {
        guard kind == .minimum else { return true }
        return map.x86.canonicalName(of: definition.model ?? "") == map.x86.canonicalName(of: other.definition.model ?? "")
    }

    /// Whether both are of the same kind and have the same description.
    func isSame(as other: CPUSource) -> Bool { kind == other.kind && description == other.description }

    /// Whether this can be the CPU that libvirt adds to a definition without a CPU when it is defined
    /// (qemu_postparse.c): the default model of the machine type with check='none', or host-model on s390x under KVM.
    func isAsWrittenForDefault(_ record: GuestRecord) -> Bool {
        switch kind {
        case .model: record.cpu.isUncheckedModel && (!isX86 || ["qemu64", "qemu32"].contains(definition.model))
        case .hostModel: record.architecture.family == .s390 && accelerator == .kvm && definition.features.isEmpty
        default: false
        }
    }

    /// The brand string, or where it comes from, in words. Nil if the model is not known.
    func brand(_ knowledge: CPUKnowledge) -> String? {
        switch kind {
        case .model, .hypervisorDefault, .minimum:
            guard let name = definition.model else { return nil }
            return knowledge.qemu?.model(named: name)?.brand ?? "that of \(name)"
        case .hostModel: return "that of the model nearest to the host"
        case .passthrough, .maximum: return accelerator == .kvm ? "the host's own" : "QEMU's own"
        }
    }
}
