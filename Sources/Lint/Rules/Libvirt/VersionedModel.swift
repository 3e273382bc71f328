import CPUModel
import DomainXML
import Hosts
import LibvirtWords

extension Rule {
    static let versionedModel = Rule(
        id: "versioned-model",
        severity: .note,
        tags: [.libvirt],
        needs: .modelOrFeatures,
        summary: "a name in the CPU needs a newer libvirt than some host may have",
        explanation: """
            Each libvirt release has its own table of CPU models and features. An older release reports a newer name as \
            unknown and does not start the guest. Which release is meant, the rule takes from the policy's `libvirt:`, from \
            the host that is asked, or from what the host's XML shows. If none of these says it, the finding names the \
            release that the guest needs, unless libvirt 9.0 has it. A host whose release is known and too old is an error of `host-incompatible`.

            libvirt knows QEMU's versioned model names, such as `Skylake-Server-v2`, since version 10.10. Many of these \
            models also have an unversioned name for the same features (`Skylake-Server-IBRS`), which every libvirt that \
            knows the model accepts. With the unversioned name, libvirt compares the CPU with the host by its CPU map before \
            it starts the guest. With the versioned name, it trusts the hypervisor. The fix writes the unversioned name \
            unless libvirt has removed features from it. For example, libvirt disables `mpx` with `Skylake-Server-IBRS` but \
            not with `Skylake-Server-v2`, and an emulated guest can tell the difference.

            libvirt has also changed what some names mean: until 9.0, `Skylake-Server` and its kin demand `mpx`, which many \
            hosts lack. If the release of a host is not known, and an older one would not start the guest there, the rule \
            says so.
            """,
        examples: [
            .bad(
                "a model of a newer libvirt",
                finds: "the model EPYC-Turin needs a libvirt newer than 11.3.0 on every host",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓EPYC-Turin</model></cpu>")),
            .bad(
                "a feature of a newer libvirt",
                finds: "the feature tsa-sq-no needs a libvirt newer than 11.3.0 on every host",
                .guest(cpu: "<cpu mode='host-model'><feature policy='disable' name='↓tsa-sq-no'/></cpu>")),
            .bad(
                "the same CPU has an older name", finds: "the model Haswell-v4 needs libvirt 10.10 or later on every host",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓Haswell-v4</model></cpu>")),
            .bad(
                "libvirt has removed a feature from the older name",
                finds: "the model Skylake-Server-v2 needs libvirt 10.10 or later on every host",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓Skylake-Server-v2</model></cpu>")),
            .good(
                "the older name",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX-IBRS</model></cpu>")),
            .good(
                "the libvirt of every host is new enough", policy: "{default: keep, libvirt: '10.10'}",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server-v2</model></cpu>")),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, inspection.guest.isManaged, inspection.guest.isX86 else { return }
            let domain = inspection.domain
            if cpu.effectiveMode == .custom, let text = cpu.namedModel, let element = cpu.model?.name {
                let name = UnknownName(kind: .model, name: domain[text])
                inspection.reportNeed(of: name, at: element.text.span, fix: inspection.olderName(of: name.name))
                inspection.reportOlderMeaning(at: element.text.span)
            }
            for feature in cpu.features {
                guard let text = feature.name, !text.isEmpty else { continue }
                inspection.reportNeed(of: UnknownName(kind: .feature, name: domain[text]), at: text.span, fix: nil)
            }
        })
}

/// Another name for a model, which older releases of libvirt know.
private struct OlderName {
    var name: String
    /// What libvirt disables with the older name and not with the newer one.
    var removed: [String]
    /// Both names give the guest the same CPU.
    var isSame: Bool
}

extension Inspection {
    /// The unversioned name of a versioned model; nil if there is none.
    fileprivate func olderName(of name: String) -> OlderName? {
        let map = knowledge.x86
        guard X86Map.isVersioned(name), let model = map.model(named: name),
            let older = map.unversionedName(of: name).flatMap({ map.model(named: $0) })
        else { return nil }
        return OlderName(
            name: older.name, removed: older.removedFeatures.filter { !model.removedFeatures.contains($0) },
            isSame: Set(older.removedFeatures) == Set(model.removedFeatures))
    }

    /// Reports a name that a libvirt lacks which some host may have.
    fileprivate func reportNeed(of name: UnknownName, at span: ByteRange, fix older: OlderName?) {
        guard let need = name.need(in: knowledge.map) else { return }
        let isVersioned = name.kind == .model && X86Map.isVersioned(name.name)
        let since = isVersioned ? LibvirtVersion(major: 10, minor: 10) : nil
        guard let severity = severity(ofNeeding: since ?? need.since, lacking: need.lacking) else { return }
        let words = since.map { "libvirt \($0.major).\($0.minor) or later" } ?? "a libvirt newer than \(need.lacking)"
        var help: String?
        if let older {
            help = "older libvirt versions know it as \(older.name), and with that name libvirt compares the CPU with the host when the guest starts"
        } else if isVersioned {
            help = "no unversioned name has the same features"
        }
        var notes: [String] = since == nil ? ["libvirt \(need.since) knows it"] : []
        if let older, !older.isSame {
            notes.append("with \(older.name), libvirt disables \(listing(older.removed)); with \(name.name), it does not")
        }
        report(
            at: span, as: severity, "the \(name) needs \(words) on every host", notes: notes, help: help,
            edits: older.map { $0.isSame ? [Edit(span, $0.name)] : [] } ?? [])
    }

    /// How bad it is that a name needs a libvirt: an error if the policy's is certainly older, a note if a host's may
    /// be. Nil if every libvirt is new enough, or if `host-incompatible` reports it.
    private func severity(ofNeeding needs: LibvirtVersion, lacking: LibvirtVersion) -> Severity? {
        if libvirt == nil, needs <= StartCheck.oldestAssumed { return nil }
        guard !startCheck.hosts.isEmpty else {
            guard let oldest = libvirt else { return .note }
            return oldest >= needs ? nil : oldest <= lacking ? .error : .note
        }
        if let oldest = libvirt, oldest < needs { return .note }
        let isOpen = startCheck.distinct.contains { host in
            guard startCheck.libvirtRelease(of: host) == nil else { return false }
            guard let shown = startCheck.shownLibvirt(of: host) else { return true }
            // A libvirt that shows a name which only the newest release has is newer than the one before.
            return shown < needs && shown < lacking
        }
        return isOpen ? .note : nil
    }

    /// Reports a host of unknown release that starts the guest, and would not with an older libvirt.
    fileprivate func reportOlderMeaning(at span: ByteRange) {
        guard let answer = hostAnswer else { return }
        for (older, kinds) in startCheck.refusalsByOlderLibvirt(answer) {
            let names = startCheck.names(ofKinds: kinds.map { Int($0) }), isOne = names.count == 1
            report(
                at: span,
                "libvirt \(older.release) and older would not start the guest on \(hostNames(names)): "
                    + older.reasons.map { $0.words(isOne: isOne) }.joined(separator: "; "),
                help: "state the release of the \(isOne ? "host's" : "hosts'") libvirt with libvirt: in the policy", hosts: names)
        }
    }
}
