import CPUModel
import Hosts

extension StartCheck {
    /// The smallest change with which a host that refuses a guest would start it; nil where there is none.
    ///
    /// Whatever is proposed has been judged: the host starts it.
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

    /// A sibling that differs by the least; else the model with the most of what guest and host both have.
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
        // What the guest does without anyway is no loss.
        let older = candidates.filter { candidate in
            candidate.vendor != nil && candidate.vendor == model.vendor
                && (candidate.features - model.features).isEmpty && runs(candidate)
        }
        // Of equals the newer, which the map has last.
        return older.reversed().max { $0.features.count < $1.features.count }?.name
    }
}
