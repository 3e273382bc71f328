import CPUModel
import Hosts

/// The CPUs among which a recommendation chooses for some hosts. None is offered before all hosts have been asked whether
/// they start it.
struct CPUCandidates {
    private let targets: HostTargets
    private let platform: DomainPlatform
    private var check: StartCheck { targets.startCheck }
    private var x86: X86Map { check.knowledge.x86 }

    init(_ check: StartCheck, for platform: DomainPlatform) {
        targets = HostTargets(check)
        self.platform = platform
    }

    /// The CPU with the most features that all hosts start. Of several, the one with the fewest unsafe features, and then the
    /// one whose definition is the shortest. Nil if there is none.
    func fastest() -> CPUDefinition? {
        var best: (cpu: CPUDefinition, rank: [Int])?
        for cpu in all().flatMap(withoutUnsafe).compactMap(started).flatMap({ [$0] + [filled($0)].compactMap { $0 } }) {
            guard let seen = check.visible(cpu, platform)?.features else { continue }
            let unsafe = seen & x86.bits(ofFeatures: RemovableFeature.everywhere)
            let short = shortened(cpu)
            let rank = [-check.counted(seen).count, unsafe.count, short.features.count]
            if let best, !rank.lexicographicallyPrecedes(best.rank) { continue }
            best = (short, rank)
        }
        return best?.cpu
    }

    /// The smallest model with a level that all hosts start. Nil if there is none.
    func smallest(with level: ISALevel) -> CPUDefinition? {
        guard let model = try? targets.model(with: level, for: platform) else { return nil }
        return started(CPUDefinition(kind: .guest, model: model))
    }

    /// The model with the most features that all hosts start. Nil if there is none.
    func anyModel() -> CPUDefinition? {
        check.portableModel(for: platform).flatMap { started(CPUDefinition(kind: .guest, model: $0.name)) }
    }

    // MARK: Finding

    private func all() -> [CPUDefinition] {
        var cpus: [CPUDefinition] = []
        if let baseline = try? targets.baseline(for: platform) {
            cpus.append(baseline)
            if let versioned = byVersionedModel(baseline) { cpus.append(versioned) }
        }
        if let model = try? targets.nearestModel(for: platform) { cpus.append(CPUDefinition(kind: .guest, model: model)) }
        if let portable = check.portableModel(for: platform) {
            var cpu = CPUDefinition(kind: .guest, model: portable.name)
            cpus.append(cpu)
            cpu.features = portable.lost.map { CPUDefinition.Feature($0) }
            cpus.append(cpu)
        }
        return cpus
    }

    /// The CPU itself, and if its model has unsafe features, the CPU without them: by the model's variant, and by disabling
    /// them.
    private func withoutUnsafe(_ cpu: CPUDefinition) -> [CPUDefinition] {
        var cpu = cpu
        // libvirt compares <vendor> with the host's, and the other words for a CPU cannot say it.
        cpu.vendor = nil
        cpu.features.removeAll { $0.policy != .disable && check.isNeverRecommended($0.name) }
        guard let name = cpu.model, let model = x86.model(named: name) else { return [cpu] }
        let unsafe = x86.unsafe(in: model)
        if unsafe.isEmpty { return [cpu] }
        var variants = [cpu]
        if let sibling = x86.withoutTSX(name) {
            variants.append(cpu)
            variants[1].model = sibling
        }
        cpu.features.removeAll { unsafe.contains($0.name) }
        cpu.features += unsafe.map { CPUDefinition.Feature($0, .disable) }
        return variants + [cpu]
    }

    /// The CPU with the features that all hosts offer and it lacks. Nil if it lacks none, or if a host does not start it.
    private func filled(_ cpu: CPUDefinition) -> CPUDefinition? {
        guard let seen = check.visible(cpu, platform)?.features else { return nil }
        let open = x86.featureNames(in: check.counted(check.commonlyOffered(to: platform) ?? FeatureSet()) - seen)
        guard !open.isEmpty else { return nil }
        var cpu = cpu
        cpu.features.removeAll { open.contains($0.name) }
        cpu.features += open.map { CPUDefinition.Feature($0) }
        return started(cpu)
    }

    /// The same features by a `-vN` model, which can need fewer of them by name. Only if the hypervisors of all hosts list
    /// such models: an older libvirt does not know their names.
    private func byVersionedModel(_ baseline: CPUDefinition) -> CPUDefinition? {
        var listed: Set<String>?
        for host in check.hosts.indices {
            let models = check.capabilities(of: host, for: platform)?.capabilities.models ?? []
            let own = Set(models.filter { $0.usability == .yes }.map(\.name))
            listed = listed.map { $0.intersection(own) } ?? own
        }
        let versioned = (listed ?? []).filter { X86Map.isVersioned($0) }.sorted()
        guard !versioned.isEmpty, let features = try? x86.expand(baseline) else { return nil }
        return try? x86.decode(
            features, vendor: baseline.vendor, signature: nil, as: .guest, among: versioned.map { ListedModel(name: $0) })
    }

    /// The CPU as all hosts start it. What one of them refuses is left out: a required feature is removed, and one of the
    /// model is disabled. Nil if that does not help.
    private func started(_ cpu: CPUDefinition) -> CPUDefinition? {
        var cpu = cpu
        // Without fallback='forbid', libvirt could replace the model that was chosen.
        cpu.fallback = .forbid
        // A libvirt that compares by its map starts a model with blockers, and QEMU then leaves the features out.
        for name in blockers(of: cpu.model) where !cpu.features.contains(where: { $0.name == name }) {
            cpu.features.append(CPUDefinition.Feature(name, .disable))
        }
        for _ in 0..<Self.mostRounds {
            if let name = cpu.model, let model = x86.model(named: name), platform.architecture == "x86_64", !x86.isLong(model) { return nil }
            let refusals = refusals(of: cpu)
            if refusals.isEmpty { return cpu }
            let refused = Set(refusals.flatMap(\.features))
            if refused.isEmpty { return nil }
            let required = Set(cpu.features(.require))
            cpu.features.removeAll { refused.contains($0.name) }
            cpu.features += refused.subtracting(required).sorted().map { CPUDefinition.Feature($0, .disable) }
        }
        return nil
    }

    private static let mostRounds = 8

    /// What the hosts that do not start a CPU say. A host of unknown release must start it with an older libvirt too, whose
    /// model can have more features (`mpx`).
    private func refusals(of cpu: CPUDefinition) -> [HostVerdict] {
        let question = StartQuestion(cpu: cpu, platform: platform)
        return check.hosts.indices.compactMap { host in
            let verdict = check.verdict(on: question, host: host)
            guard verdict.answer == .starts else { return verdict }
            guard check.libvirtRelease(of: host) == nil, let older = check.refusalByOlderLibvirt(of: question, host: host) else { return nil }
            return HostVerdict(host: verdict.host, answer: .refuses, isCertain: false, reasons: older.reasons)
        }
    }

    /// What the hypervisor of at least one host cannot provide of a model, sorted.
    private func blockers(of model: String?) -> [String] {
        guard let model else { return [] }
        let names = check.hosts.indices.flatMap { check.capabilities(of: $0, for: platform)?.capabilities.model(named: model)?.blockers ?? [] }
        // Only newer libvirts know all names.
        return Set(names).filter { check.oldestMap.x86.feature(named: $0) != nil }.sorted()
    }

    /// The CPU without the features that a guest gets, or does not get, even if they are not listed. Domain capabilities
    /// list dozens of them (`vmx-*`).
    private func shortened(_ cpu: CPUDefinition) -> CPUDefinition {
        guard let all = check.visible(cpu, platform)?.features else { return cpu }
        var short = cpu
        let blockers = blockers(of: cpu.model)
        for feature in cpu.features where !(feature.policy == .disable && blockers.contains(feature.name)) {
            var without = short
            without.features.removeAll { $0.name == feature.name }
            guard check.visible(without, platform)?.features == all else { continue }
            // Without a `disable`, a model that a host cannot give whole would not start.
            if refusals(of: without).isEmpty { short = without }
        }
        return short
    }
}

extension StartCheck {
    /// The features that count when CPUs are compared for a person: those that may be recommended.
    func counted(_ features: FeatureSet) -> FeatureSet {
        features - notCounted.answer(to: areAMD) {
            let x86 = knowledge.x86
            return x86.bits(ofFeatures: x86.features.lazy.map(\.name).filter { self.isNeverRecommended($0, x86) })
        }
    }

    private var areAMD: Bool { hosts.allSatisfy { $0.vendor == "AMD" } }

    /// A feature that guests do not get, that does not migrate, that updates take away, that follows something else than the
    /// model, or that is a detail of nested virtualisation.
    func isNeverRecommended(_ name: String) -> Bool { isNeverRecommended(name, knowledge.x86) }

    private func isNeverRecommended(_ name: String, _ x86: X86Map) -> Bool {
        if Self.neverRecommended.contains(name) { return true }
        if areAMD, RemovableFeature.all.contains(where: { $0.scope == .amd && $0.names.contains(name) }) { return true }
        guard let bit = x86.feature(named: name)?.bits.first else { return false }
        switch bit.address {
        // The capabilities of VMX and of SVM, and on AMD what is in the register of arch-capabilities.
        case .msr(let index, _): return (0x480...0x491).contains(index) || areAMD && index == 0x10a
        case .cpuid(let leaf, _, _): return leaf == 0x8000_000A
        }
    }

    /// Nested virtualisation (`svm`, `vmx`) is a choice of its own, which a host's administrator can switch off.
    /// `ht` and `cmp_legacy` follow the topology and `pdcm` the PMU.
    private static let neverRecommended = Set(
        X86Map.notGivenByKVM + X86Map.notMigratableInQEMU + RemovableFeature.everywhere + X86Map.followingTopology
            + X86Map.hardlyGivenByKVM + ["pdcm", "svm", "vmx"])
}
