import CPUModel
import Hosts

/// A model of guests of a platform, which another one is to take the place of.
struct ModelQuestion: Hashable {
    var model: String
    /// Without its machine: that decides nothing here.
    var platform: DomainPlatform
}

extension StartCheck {
    /// The models that can take the place of another one, the best first: those of the same generation by the number of
    /// differences, and then those that have the most of its features and no others. Instead of a model of another vendor
    /// than the hosts', the models of theirs, those with the most features first.
    func alternatives(_ question: ModelQuestion) -> [String] { remembering(question) { findAlternatives(question) } }

    private func findAlternatives(_ question: ModelQuestion) -> [String] {
        let x86 = knowledge.x86
        guard question.platform.isX86, let model = x86.model(named: question.model) else { return [] }
        let isVersioned = X86Map.isVersioned(model.name), mustBeLong = question.platform.architecture == "x86_64"
        let candidates = x86.models.filter {
            $0.name != model.name && X86Map.isVersioned($0.name) == isVersioned && (!mustBeLong || x86.isLong($0))
        }
        let vendors = Set(known(question.platform).map { $0.full?.vendor })
        if vendors.count == 1, let vendor = vendors.first!, vendor != model.vendor {
            return Self.withMostFeaturesFirst(candidates.filter { $0.vendor == vendor })
        }
        let family = X86Map.family(of: model.name)
        let siblings = candidates.filter { $0.vendor == model.vendor && X86Map.family(of: $0.name) == family }
        let distances = siblings.map { ($0.name, (model.features - $0.features).count + ($0.features - model.features).count) }
        // Such a model gives the guest no new features.
        let smaller = candidates.filter { $0.vendor != nil && $0.vendor == model.vendor && ($0.features - model.features).isEmpty }
        // The order of the map decides between equally good ones: the sort is stable.
        return distances.sorted { $0.1 < $1.1 }.map(\.0) + Self.withMostFeaturesFirst(smaller)
    }

    /// Of models with equally many features, the newest comes first: newer models come later in the map.
    private static func withMostFeaturesFirst(_ models: [X86Model]) -> [String] {
        models.reversed().map { ($0.name, $0.features.count) }.sorted { $0.1 > $1.1 }.map(\.0)
    }
}
