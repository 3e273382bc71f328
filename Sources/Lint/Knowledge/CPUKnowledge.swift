public import CPUModel

/// What is known about CPU models: libvirt's CPU map, and how QEMU's models differ from it.
///
/// The built-in copies are decoded when they are first needed.
public final class CPUKnowledge: Sendable {
    private let given: CPUMap?
    /// The differences of QEMU's models were recorded against this map.
    private let isRecorded: Bool

    /// - Parameter map: used instead of the built-in map.
    public init(map: CPUMap? = nil) {
        given = map
        isRecorded = map.map { $0.x86 == CPUMap.builtIn.x86 } ?? true
    }

    /// The map from `init`, or the built-in one.
    public var map: CPUMap { given ?? CPUMap.builtIn }

    /// The model that an unknown name most likely means; nil for a known model, and for a name that is near none.
    public func meant(byModel name: String) -> String? {
        let map = map
        guard map.x86.model(named: name) == nil, map.ppc64.model(named: PVRMap.currentName(of: name)) == nil else {
            return nil
        }
        return map.x86.nearestModel(to: name) ?? map.ppc64.nearestModel(to: name)
    }

    var x86: X86Map { map.x86 }

    /// How QEMU's models differ from the map's. Nil with a map other than the built-in one: the differences were
    /// recorded against the built-in map and are not valid for another.
    var qemu: QEMUModels? { isRecorded ? QEMUModels.builtIn : nil }
}
