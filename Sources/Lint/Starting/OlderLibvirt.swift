import CPUModel
import LibvirtWords

/// An older libvirt that would not start a guest.
struct OlderLibvirt {
    /// The newest built-in release that refuses the guest.
    var release: LibvirtVersion
    var reasons: [HostVerdict.Reason]
}

extension StartCheck {
    /// Nothing is said about releases before this one, unless the policy or a host is of one. It is that of the oldest
    /// Debian release with full support (Debian 12).
    static let oldestAssumed = LibvirtVersion(major: 9)

    /// Whether a host of unknown release would refuse a guest if its libvirt were older, because older releases mean
    /// something else by the guest's model. Nil if not, and for releases that the host's XML rules out.
    ///
    /// - Parameter host: an index of `hosts`.
    func refusalByOlderLibvirt(of question: StartQuestion, host: Int) -> OlderLibvirt? {
        // Where releases differ about a model, the newest lists what was removed from it.
        guard question.platform.isX86, question.cpu.mode == .custom, let name = question.cpu.model,
            let model = knowledge.x86.model(named: name), !model.removedFeatures.isEmpty
        else { return nil }
        // A host that has all of that is judged in the same way.
        if let full = fullHost(host, for: question.platform),
            knowledge.x86.bits(ofFeatures: model.removedFeatures).isSubset(of: full.features)
        {
            return nil
        }
        return remembering(question, host: host) {
            let shown = shownLibvirt(of: host)
            for release in CPUMap.builtInReleases where release >= shown ?? Self.oldestAssumed {
                // A model that has the same features is judged in the same way, and a name that is missing is another
                // finding.
                let older = knowledge.map(for: release).x86.model(named: name)
                guard let older, older.features != model.features else { continue }
                let verdict = asked(about: host, with: release).verdict(on: question, host: 0)
                if verdict.answer == .refuses { return OlderLibvirt(release: release, reasons: verdict.reasons) }
            }
            return nil
        }
    }
}
