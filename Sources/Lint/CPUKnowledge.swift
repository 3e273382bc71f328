import CPUModel
import DomainXML

/// The CPU map that rules and targets ask. The built-in one is decoded when it is first asked, not before.
public final class CPUKnowledge: Sendable {
    private let given: CPUMap?
    private let isRecorded: Bool

    /// - Parameter map: instead of the built-in copy.
    public init(map: CPUMap? = nil) {
        given = map
        isRecorded = map.map { $0.x86 == CPUMap.builtIn.x86 } ?? true
    }

    /// The map that was given, or the built-in one.
    public var map: CPUMap { given ?? CPUMap.builtIn }
    /// The model that an unknown name was meant to be; `nil` for known models and for names near none.
    public func meant(byModel name: String) -> String? {
        let map = map
        guard map.x86.model(named: name) == nil, map.ppc64.model(named: PVRMap.currentName(of: name)) == nil else {
            return nil
        }
        return map.x86.nearestModel(to: name) ?? map.ppc64.nearestModel(to: name)
    }

    var x86: X86Map { map.x86 }
    /// How QEMU's models differ from the map's. Nil with a map that is not the built-in one: the differences were
    /// recorded against that, and say nothing of another.
    var qemu: QEMUModels? { isRecorded ? QEMUModels.builtIn : nil }
}

extension CPUDefinition {
    /// A guest's CPU as libvirt reads it; `nil` when a word in it is none.
    public init?(_ cpu: CPU, in domain: Domain) {
        guard let mode = cpu.effectiveMode else { return nil }
        self.init(kind: .guest, mode: mode, model: domain[cpu.namedModel], vendor: domain[cpu.vendor?.text])
        if vendor?.isEmpty ?? false { vendor = nil }
        if let match = cpu.match {
            guard let value = match.value else { return nil }
            self.match = value
        }
        if let fallback = cpu.model?.fallback?.value { self.fallback = fallback }
        vendorID = domain[cpu.model?.vendorID]
        for feature in cpu.features {
            guard let name = domain[feature.name], let policy = feature.effectivePolicy else { return nil }
            features.append(Feature(name, policy))
        }
    }
}
