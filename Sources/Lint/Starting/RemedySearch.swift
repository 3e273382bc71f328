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
        guard verdict.answer == .refuses else { return nil }
        var question = question
        var remedy = HostRemedy()
        if question.check == .full {
            // What libvirt compares by default is all that the guest needs.
            question.check = nil
            remedy.removesFullCheck = true
            if starts(question, host) { return remedy }
        }
        guard question.cpu.mode == .custom || question.cpu.mode == .hostModel else { return nil }
        let compared = remedy.removesFullCheck ? self.verdict(on: question, host: host) : verdict
        if compared.reasons.contains(where: { if case .incompatible(.vendor) = $0 { true } else { false } }) {
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

    /// Another model with which the host starts the guest; nil if there is none. Models that every host starts come first,
    /// because the guest must run on all of them.
    private func otherModel(_ question: StartQuestion, _ host: Int) -> String? {
        guard question.cpu.mode == .custom else { return nil }
        let runs = { (model: String, host: Int) in self.starts(question.withModel(model), host) }
        let isEverywhere = { (model: String) in self.allStart(question.withModel(model)) }
        return nearestModel(to: question, where: { runs($0, host) && isEverywhere($0) }) ?? nearestModel(to: question) { runs($0, host) }
    }

    /// A model that every host starts and whose hypervisor, where it lists models, calls usable and not deprecated: of the
    /// same generation as the guest's, or else the one with the most of its features and no others. Nil if there is none.
    func listedModel(insteadOf question: StartQuestion) -> String? {
        rememberingModel(question) { findListedModel(insteadOf: question) }
    }

    private func findListedModel(insteadOf question: StartQuestion) -> String? {
        nearestModel(to: question) { name in
            distinct.allSatisfy { host in
                guard starts(question.withModel(name), host) else { return false }
                guard let known = capabilities(of: host, for: question.platform)?.capabilities, !known.models.isEmpty else { return true }
                return known.model(named: name).map { $0.usability == .yes && !$0.isDeprecated } ?? false
            }
        }
    }

    /// Of the models that qualify, the one of the same generation with the fewest differences, or else the one with the most
    /// features of the guest's present one and no others. Instead of a model of another vendor than the hosts', the one with
    /// the most features of theirs. Nil if none qualifies.
    ///
    /// The best model is asked about first, because to ask hosts takes longer than to sort.
    private func nearestModel(to question: StartQuestion, where qualifies: (String) -> Bool) -> String? {
        guard question.platform.isX86, let name = question.cpu.model, let model = knowledge.x86.model(named: name) else { return nil }
        let candidates = candidates(
            CandidateQuestion(areVersioned: X86Map.isVersioned(name), areLong: question.platform.architecture == "x86_64"))
        func first(_ models: [X86Model], by isBetter: (X86Model, X86Model) -> Bool) -> String? {
            // The order of the map decides between equally good ones: the sort is stable.
            models.filter { $0.name != name }.sorted(by: isBetter).first { qualifies($0.name) }?.name
        }
        // Of models with equally many features, the newest: newer models come later in the map.
        func newestWithMost(_ models: [X86Model]) -> String? { first(models.reversed()) { $0.features.count > $1.features.count } }
        let vendors = Set(distinct.map { fullHost($0, for: question.platform)?.vendor })
        if vendors.count == 1, let vendor = vendors.first!, vendor != model.vendor {
            return newestWithMost(candidates.filter { $0.model.vendor == vendor }.map(\.model))
        }
        func distance(_ candidate: X86Model) -> Int {
            (model.features - candidate.features).count + (candidate.features - model.features).count
        }
        let family = X86Map.family(of: name)
        let siblings = candidates.filter { $0.family == family && $0.model.vendor == model.vendor }.map(\.model)
        if let sibling = first(siblings, by: { distance($0) < distance($1) }) { return sibling }
        // Such a model gives the guest no new features.
        return newestWithMost(candidates.map(\.model).filter { candidate in
            candidate.vendor != nil && candidate.vendor == model.vendor && (candidate.features - model.features).isEmpty
        })
    }
}

extension StartQuestion {
    /// The question about the guest with another model.
    fileprivate func withModel(_ name: String) -> StartQuestion {
        var question = self
        question.cpu.model = name
        // Advice does not lead to a model that libvirt would replace by another one.
        question.cpu.fallback = .forbid
        return question
    }
}
