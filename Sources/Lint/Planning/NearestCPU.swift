import CPUModel
import Hosts

/// The CPU of the target `host-model-only`.
extension HostTargets {
    private var map: CPUMap { startCheck.knowledge.map }

    /// The nearest model that is complete on every host and that every host would start. It is the same for all guests of
    /// a platform, and found once.
    ///
    /// A model that a hypervisor calls unusable or deprecated is taken only if the guest would have a lower level of x86-64
    /// with every other one. A model's variant without TSX is better than the model.
    func nearestModel(for platform: DomainPlatform) throws -> String {
        try startCheck.remembering(platform) { platform in Result { try findNearestModel(for: platform) } }.get()
    }

    private func findNearestModel(for platform: DomainPlatform) throws -> String {
        let x86 = startCheck.oldestMap.x86
        let processors = try hosts.indices.map { try startCheck.processor(of: $0, for: platform) }
        try requireOneVendor(processors.map(\.vendor), platform)
        let vendor = processors[0].vendor
        var common = processors[0].features
        for processor in processors.dropFirst() { common &= processor.features }
        let signature = processors[0].signature
        let haveOneSignature = processors.allSatisfy { $0.signature == signature }
        let is64Bit = platform.architecture == "x86_64"
        let longMode = x86.bits(ofFeatures: ["lm"])
        let known = startCheck.mapOfDefinitions.x86
        let candidates = x86.unversionedModels { !is64Bit || longMode.isSubset(of: $0.features) }.filter {
            known.model(named: $0.name) != nil && isStarted($0.name, on: platform)
        }
        func nearest(among candidates: [ListedModel]) -> String? {
            try? x86.decode(
                common, vendor: vendor, signature: haveOneSignature ? signature : nil, as: .host, among: candidates).model
        }
        guard let model = nearest(among: candidates) else {
            throw Refusal(
                reason: "no CPU model is fully supported on \(names)"
                    + nearestMiss(common, vendor: vendor, among: candidates, of: x86))
        }
        // If no model except one of the hypervisor's defaults is complete, the host is masked or nested.
        if vendor != nil, X86Map.hypervisorDefaults.contains(model) {
            throw Refusal(
                reason: "the only model fully supported on \(names) is \(model), the hypervisor's default, probably because the host's CPU is masked or the host is itself a virtual machine (use host-model)")
        }
        let approved = candidates.filter { isApproved($0.name, for: platform) }
        var best = model
        if !approved.contains(where: { $0.name == model }), let other = nearest(among: approved),
            !X86Map.hypervisorDefaults.contains(other), level(of: other, platform) >= level(of: model, platform)
        {
            best = other
        }
        let isComplete = { (name: String) in x86.model(named: name).map { $0.features.isSubset(of: common) } ?? false }
        guard let sibling = map.x86.withoutTSX(best), isComplete(sibling), candidates.contains(where: { $0.name == sibling }),
            isApproved(sibling, for: platform) || !isApproved(best, for: platform),
            x86.model(named: best).map({ !map.x86.unsafe(in: $0).isEmpty }) ?? false
        else { return best }
        return sibling
    }

    /// The model that lacks the fewest features, and the features that it lacks, for the message.
    private func nearestMiss(
        _ common: FeatureSet, vendor: String?, among candidates: [ListedModel], of x86: X86Map
    ) -> String {
        let models = candidates.compactMap { x86.model(named: $0.name) }
            .filter { $0.vendor == nil || $0.vendor == vendor }
        let missing = models.map { ($0.name, $0.features - common) }
        // Of models that lack equally many features, the newest: newer models come later in the map.
        guard let (name, lacked) = missing.reversed().min(by: { $0.1.count < $1.1.count }) else { return "" }
        return ": the nearest, \(name), lacks \(listing(x86.featureNames(in: lacked)))"
    }

    /// Whether no host is certain to refuse the model.
    private func isStarted(_ model: String, on platform: DomainPlatform) -> Bool {
        let question = StartQuestion(cpu: CPUDefinition(kind: .guest, model: model, fallback: .forbid), platform: platform)
        return startCheck.distinct.allSatisfy { index in
            let verdict = startCheck.verdict(on: question, host: index)
            return !(verdict.answer == .refuses && verdict.isCertain)
        }
    }

    /// Whether no hypervisor calls the model unusable or deprecated.
    private func isApproved(_ model: String, for platform: DomainPlatform) -> Bool {
        listed(model, for: platform).allSatisfy { $0.usability != .no && !$0.isDeprecated }
    }

    private func listed(_ model: String, for platform: DomainPlatform) -> [DomainCapabilities.Model] {
        startCheck.distinct.compactMap { startCheck.capabilities(of: $0, for: platform)?.capabilities.model(named: model) }
    }

    /// The level that guests with a model have on the hosts; 0 if it is not known.
    private func level(of model: String, _ platform: DomainPlatform) -> Int {
        let seen = startCheck.visible(CPUDefinition(kind: .guest, model: model), platform)
        return seen.flatMap { map.x86.level(of: $0.features) }?.rawValue ?? 0
    }

    // MARK: Features

    /// The nearest model without features that updates remove, with the protections that all hosts offer: what virt-cpu
    /// finds fault with in a definition is not what it writes itself.
    func findNearestCPU(for platform: DomainPlatform, isSecured: Bool) throws -> CPUDefinition {
        let name = try nearestModel(for: platform)
        // Without fallback='forbid', libvirt could replace the model that was chosen.
        var question = StartQuestion(cpu: CPUDefinition(kind: .guest, model: name, fallback: .forbid), platform: platform)
        if let model = map.x86.model(named: name) { disable(startCheck.unsafe(in: model), in: &question) }
        for model in listed(name, for: platform) where model.usability == .no {
            disable(startCheck.openBlockers(of: model, question.cpu), in: &question)
        }
        for host in startCheck.distinct where startCheck.libvirtRelease(of: host) == nil {
            // Older releases count features to the model that newer ones do not, such as mpx.
            let reasons = startCheck.refusalByOlderLibvirt(of: question, host: host)?.reasons ?? []
            disable(HostVerdict(host: "", answer: .refuses, isCertain: true, reasons: reasons).features, in: &question)
        }
        if isSecured { addProtections(to: &question) }
        return question.cpu
    }

    /// Disables the features, unless a host would then refuse the guest.
    private func disable(_ names: [String], in question: inout StartQuestion) {
        let features = names.filter { name in !question.cpu.features.contains { $0.name == name } }
            .map { CPUDefinition.Feature($0, .disable) }
        if startCheck.stillStarts(question, with: features) { question.cpu.features += features }
    }

    /// Requires the protections that the rule `missing-mitigation` would name.
    private func addProtections(to question: inout StartQuestion) {
        // One feature can make another one useful or useless.
        for _ in 0..<4 {
            guard let search = startCheck.mitigations(question) else { return }
            let names = search.lines(for: search.addable(search.controls + search.reliefs, on: startCheck))
            if names.isEmpty { return }
            question.cpu.features += names.map { CPUDefinition.Feature($0) }
        }
    }
}
