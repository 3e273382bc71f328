import CPUModel
import Hosts

/// A model that starts on hosts whose CPUs are of different vendors, if the guest has no `<vendor>`.
package struct PortableModel: Sendable, CustomStringConvertible {
    /// libvirt's name of the model.
    package var name: String
    /// Features that all hosts offer, and that the guest does without, in the order of the CPU map.
    package var lost: [String]

    /// `Westmere without <vendor> (--default Westmere); it lacks 2 features that all hosts offer: avx, avx2`.
    package var description: String {
        let count = "\(lost.count) feature\(lost.count == 1 ? "" : "s")"
        return "\(name) without <vendor> (--default \(name))" + (lost.isEmpty ? "" : "; it lacks \(count) that all hosts offer: \(listing(lost, upTo: 8))")
    }
}

extension StartCheck {
    /// The map of the oldest libvirt among the hosts. The names in it are known to all of them.
    var oldestMap: CPUMap {
        if hosts.count == 1 { return map(of: 0) }
        return distinct.map { map(of: $0) }.min { $0.x86.features.count < $1.x86.features.count } ?? knowledge.map
    }

    /// The model with the most features that all hosts start without a `<vendor>`, whatever vendor the model is of: libvirt
    /// does not compare that. Nil if there is none.
    package func portableModel(for platform: DomainPlatform) -> PortableModel? {
        let x86 = oldestMap.x86
        let candidates = x86.models.filter { model in
            !X86Map.isVersioned(model.name) && (platform.architecture != "x86_64" || x86.isLong(model)) && isStarted(model.name, platform)
        }
        // Of models with equally many features, the newest: newer models come later in the map.
        guard let best = candidates.reversed().max(by: { $0.features.count < $1.features.count }) else { return nil }
        let lost = (commonlyOffered(to: platform) ?? FeatureSet()) - best.features - x86.bits(ofFeatures: X86Map.notGivenByKVM + X86Map.notMigratableInQEMU)
        return PortableModel(name: best.name, lost: x86.featureNames(in: lost))
    }

    /// Every host starts the model, and does not need to replace it by another.
    private func isStarted(_ model: String, _ platform: DomainPlatform) -> Bool {
        allStart(StartQuestion(cpu: CPUDefinition(kind: .guest, model: model, fallback: .forbid), platform: platform))
    }
}
