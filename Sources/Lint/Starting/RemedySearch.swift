import CPUModel
import Hosts

extension StartCheck {
    /// The smallest change with which a host would start a guest that it refuses. Nil if there is none, and if the host
    /// does not refuse the guest.
    ///
    /// The host would start the changed guest: every proposal is checked.
    public func remedy(for question: StartQuestion, host: Int) -> HostRemedy? {
        remembering(question, host: host) { findRemedy(for: question, host) }
    }

    private func findRemedy(for question: StartQuestion, _ host: Int) -> HostRemedy? {
        let verdict = verdict(on: question, host: host)
        guard verdict.answer == .refuses, question.cpu.mode == .custom || question.cpu.mode == .hostModel else { return nil }
        var question = question
        var remedy = HostRemedy()
        if verdict.reasons.contains(where: { if case .incompatible(.vendor) = $0 { true } else { false } }) {
            question.cpu.vendor = nil
            remedy.removesVendor = true
            if starts(question, host) { return remedy }
        }
        remedy.disable = featuresToDisable(question, host)
        remedy.model = otherModel(question, host)
        return remedy.disable.isEmpty && remedy.model == nil ? nil : remedy
    }

    private func starts(_ question: StartQuestion, _ host: Int) -> Bool {
        verdict(on: question, host: host).answer == .starts
    }

    private func featuresToDisable(_ question: StartQuestion, _ host: Int) -> [String] {
        let names = verdict(on: question, host: host).features
        if names.isEmpty { return [] }
        var changed = question
        changed.cpu.features.removeAll { names.contains($0.name) }
        changed.cpu.features += names.map { CPUDefinition.Feature($0, .disable) }
        return starts(changed, host) ? names : []
    }

    /// The model of the same generation with the fewest differences, or else the model with the most features of the
    /// guest's present one and no others. Nil if the host starts none.
    private func otherModel(_ question: StartQuestion, _ host: Int) -> String? {
        guard question.platform.isX86, question.cpu.mode == .custom, let name = question.cpu.model,
            let model = knowledge.x86.model(named: name)
        else { return nil }
        func runs(_ candidate: X86Model) -> Bool {
            if candidate.name == name { return false }
            var changed = question
            changed.cpu.model = candidate.name
            return starts(changed, host)
        }
        let candidates = knowledge.x86.models.filter { candidate in
            X86Map.isVersioned(candidate.name) == X86Map.isVersioned(name)
                && (question.platform.architecture != "x86_64" || knowledge.x86.isLong(candidate))
        }
        let family = X86Map.family(of: name)
        let siblings = candidates.filter { X86Map.family(of: $0.name) == family && $0.vendor == model.vendor && runs($0) }
        func distance(_ candidate: X86Model) -> Int {
            (model.features - candidate.features).count + (candidate.features - model.features).count
        }
        if let sibling = siblings.min(by: { distance($0) < distance($1) }) { return sibling.name }
        // Such a model gives the guest no new features.
        let older = candidates.filter { candidate in
            candidate.vendor != nil && candidate.vendor == model.vendor
                && (candidate.features - model.features).isEmpty && runs(candidate)
        }
        // Of models with equally many features, the newest: newer models come later in the map.
        return older.reversed().max { $0.features.count < $1.features.count }?.name
    }
}
