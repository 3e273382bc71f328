import CPUModel
import Hosts

extension StartCheck {
    /// The smallest change with which a host would start a guest that it refuses. Nil if there is none, and if the host
    /// does not refuse the guest.
    ///
    /// The host would start the changed guest: every proposal is checked.
    public func remedy(for question: StartQuestion, host: Int) -> HostRemedy? {
        remedy(for: question, on: known(question.platform)[kinds.kinds[host]])
    }

    func remedy(for question: StartQuestion, on host: PlatformHost) -> HostRemedy? {
        var judgement = judge(question, on: host)
        guard judgement.answer == .refuses else { return nil }
        var question = question
        var remedy = HostRemedy()
        if question.check == .full {
            // What libvirt compares by default is all that the guest needs.
            question.check = nil
            remedy.removesFullCheck = true
            judgement = judge(question, on: host)
            if judgement.answer == .starts { return remedy }
        }
        guard question.cpu.mode == .custom || question.cpu.mode == .hostModel else { return nil }
        if judgement.reasons.contains(where: { if case .incompatible(.vendor) = $0 { true } else { false } }) {
            question.cpu.vendor = nil
            remedy.removesVendor = true
            judgement = judge(question, on: host)
            if judgement.answer == .starts { return remedy }
        }
        remedy.disable = featuresToDisable(judgement.features, question, host)
        remedy.model = otherModel(question, host)
        return remedy.disable.isEmpty && remedy.model == nil ? nil : remedy
    }

    /// The features without which the host starts the guest; none if it does not start it without them either.
    private func featuresToDisable(_ names: [String], _ question: StartQuestion, _ host: PlatformHost) -> [String] {
        if names.isEmpty { return [] }
        var changed = question
        changed.cpu.features.removeAll { names.contains($0.name) }
        changed.cpu.features += names.map { CPUDefinition.Feature($0, .disable) }
        return judge(changed, on: host).answer == .starts ? names : []
    }

    /// Another model with which the host starts the guest; nil if there is none. Models that every host starts come first,
    /// because the guest must run on all of them.
    private func otherModel(_ question: StartQuestion, _ host: PlatformHost) -> String? {
        guard question.cpu.mode == .custom else { return nil }
        return modelForAll(question) ?? nearestModel(to: question) { judge($0, on: host).answer == .starts }
    }

    /// The model that every host starts, which is the same whichever host refuses the guest.
    private func modelForAll(_ question: StartQuestion) -> String? {
        rememberingModelForAll(question) { nearestModel(to: question, where: allStart) }
    }

    /// A model that every host starts and whose hypervisor, where it lists models, calls usable and not deprecated: of the
    /// same generation as the guest's, or else the one with the most of its features and no others. Nil if there is none.
    func listedModel(insteadOf question: StartQuestion) -> String? {
        rememberingModel(question) { findListedModel(insteadOf: question) }
    }

    private func findListedModel(insteadOf question: StartQuestion) -> String? {
        let hosts = known(question.platform)
        return nearestModel(to: question) { changed in
            hosts.allSatisfy { host in
                guard judge(changed, on: host).answer == .starts else { return false }
                guard let known = host.capabilities?.capabilities, !known.models.isEmpty else { return true }
                return known.model(named: changed.cpu.model!).map { $0.usability == .yes && !$0.isDeprecated } ?? false
            }
        }
    }

    /// The first of the alternatives to the guest's model with which the changed question qualifies; nil if there is none.
    private func nearestModel(to question: StartQuestion, where qualifies: (StartQuestion) -> Bool) -> String? {
        guard let model = question.cpu.model else { return nil }
        return alternatives(ModelQuestion(model: model, platform: question.platform.withoutMachineOnX86))
            .first { qualifies(question.withModel($0)) }
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
