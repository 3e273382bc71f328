import CPUModel
import LibvirtWords

/// An older libvirt that would not start a guest.
struct OlderLibvirt: Equatable {
    /// The newest built-in release that refuses the guest.
    var release: LibvirtVersion
    var reasons: [HostVerdict.Reason]
}

extension StartCheck {
    /// Nothing is said about releases before this one, unless the policy or a host is of one. It is that of the oldest
    /// Debian release with full support (Debian 12).
    static let oldestAssumed = LibvirtVersion(major: 9)

    /// The hosts of unknown release that start a guest, and would refuse it if their libvirt were older, because older
    /// releases mean something else by the guest's model.
    func refusalsByOlderLibvirt(_ answer: StartAnswer) -> [StartAnswer.Shared<OlderLibvirt>] {
        guard let model = modelThatChanged(answer.question) else { return [] }
        return remembering(answer.question) { () -> [StartAnswer.Shared<OlderLibvirt>] in
            let hosts = known(answer.question.platform)
            var refusals: [StartAnswer.Shared<OlderLibvirt>] = []
            for kind in answer.judgements.filter({ $0.value.answer == .starts }).flatMap(\.kinds).sorted().map({ Int($0) })
            where hosts[kind].release == nil {
                if let older = refusalByOlderLibvirt(of: answer.question, model, hosts[kind], distinct[kind]) { refusals.add(older, of: kind) }
            }
            return refusals
        }
    }

    /// Whether a host of unknown release would refuse a guest if its libvirt were older. Nil if not, and for releases that
    /// the host's XML rules out.
    ///
    /// - Parameter host: an index of `hosts`.
    func refusalByOlderLibvirt(of question: StartQuestion, host: Int) -> OlderLibvirt? {
        guard let model = modelThatChanged(question) else { return nil }
        let kind = kinds.kinds[host]
        return refusalByOlderLibvirt(of: question, model, known(question.platform)[kind], distinct[kind])
    }

    /// A model of which releases demand different features.
    private struct ChangedModel {
        var model: X86Model
        /// The features that the newest release has removed from the model.
        var removed: FeatureSet
    }

    /// The guest's model, if releases differ about it: the newest then lists what was removed from it.
    private func modelThatChanged(_ question: StartQuestion) -> ChangedModel? {
        guard question.platform.isX86, question.cpu.mode == .custom, let name = question.cpu.model,
            let model = knowledge.x86.model(named: name), !model.removedFeatures.isEmpty
        else { return nil }
        return ChangedModel(model: model, removed: knowledge.x86.bits(ofFeatures: model.removedFeatures))
    }

    private func refusalByOlderLibvirt(
        of question: StartQuestion, _ changed: ChangedModel, _ known: PlatformHost, _ host: Int
    ) -> OlderLibvirt? {
        // A host that has all of that is judged in the same way.
        if let full = known.full, changed.removed.isSubset(of: full.features) { return nil }
        for release in CPUMap.builtInReleases where release >= known.shown ?? Self.oldestAssumed {
            // A model that has the same features is judged in the same way, and a name that is missing is another
            // finding.
            let older = knowledge.map(for: release).x86.model(named: changed.model.name)
            guard let older, older.features != changed.model.features else { continue }
            let verdict = asked(about: host, with: release).verdict(on: question, host: 0)
            if verdict.answer == .refuses { return OlderLibvirt(release: release, reasons: verdict.reasons) }
        }
        return nil
    }
}
