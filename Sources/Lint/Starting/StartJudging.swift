import CPUModel
import Hosts

/// How a host's libvirt judges a guest when it starts it. Each question goes to the CPU map of that libvirt.
extension StartCheck {
    func judge(_ question: StartQuestion, on host: PlatformHost) -> Judgement {
        let cpu = question.cpu
        if question.platform.isAccelerated, let native = host.architecture,
            !ArchitectureFacts.isNative(question.platform.architecture, on: native)
        {
            return .refuses(.incompatible(.architecture(question.platform.architecture)), isCertain: true)
        }
        if let failure = host.failure {
            return Judgement(
                answer: .unknown, isCertain: false, reasons: [host.isUnreachable ? .failed(failure) : .notJudged(failure)])
        }
        if host.capabilities?.capabilities.modes[cpu.mode] == false, cpu.mode != .custom || cpu.model != nil {
            return .refuses(.modeNotSupported(cpu.mode), isCertain: host.isCertain)
        }
        do {
            let asksNothing = cpu.mode == .custom && cpu.model == nil
            if !asksNothing, question.platform.isX86 {
                if let refusal = refusal(ofForbidden: question, on: host) { return refusal }
                if let refusal = try refusalWhateverTheCheck(question, on: host) { return refusal }
                if question.check == .full { return judgement(try FullCheck(knowledge: knowledge).result(question, on: host)) }
            }
            let isNeverCompared = cpu.mode == .hostPassthrough || cpu.mode == .maximum
            if asksNothing || isNeverCompared || question.isUnchecked { return .starts(isCertain: host.isCertain) }
            return question.platform.isX86
                ? try judgeX86(question, on: host) : try judgeOther(question, on: host)
        } catch {
            return judgement(error, on: host)
        }
    }

    /// The judgement on a guest with a name that the CPU map of the host's libvirt lacks. libvirt refuses it, if that
    /// is the map of just this release and the name is not simply wrong.
    private func judgement(_ error: CPUModelError, on host: PlatformHost) -> Judgement {
        guard let release = host.release, let name = UnknownName(error), name.isKnown(to: knowledge.map) else { return .unknown("\(error)") }
        let need = name.need(in: knowledge.map)
        let isTooOld = need.map { release <= $0.lacking } ?? (release < CPUMap.builtInReleases[0])
        if host.map.libvirtVersion == release.description || isTooOld {
            return .refuses(.unknownToLibvirt(name, release), isCertain: true)
        }
        return .unknown("libvirt \(host.map.libvirtVersion ?? "") does not know \(name), and whether \(release) does is not known here")
    }

    /// Whether the domain capabilities of a host decide about a guest, and not a comparison by the CPU map, if its libvirt
    /// is 10.2 or newer. `virsh hypervisor-cpu-compare` answers by them too (seen of libvirt 11.3 and 12.9).
    ///
    /// - Parameter host: an index of `hosts`.
    package func isDecidedByHypervisor(_ question: StartQuestion, host: Int) -> Bool {
        let cpu = question.cpu
        guard question.platform.isX86, cpu.mode == .custom, let model = cpu.model,
            let known = capabilities(of: host, for: question.platform)?.capabilities, let listed = known.model(named: model),
            libvirtRelease(of: host).map({ $0 >= Self.trustingUsableModels })
                ?? shownLibvirt(of: host).map({ $0 >= Self.trustingUsableModels }) ?? false
        else { return false }
        if listed.usability == .yes, cpu.features.allSatisfy({ $0.policy == .disable }) { return true }
        return map(of: host).x86.model(named: model)?.comparesByMap == false && known.hostModel?.fallback == .forbid
            && !known.withholdsBlockers
    }

    private func judgement(_ result: FullCheck.Result) -> Judgement {
        switch result {
        case .starts: .starts(isCertain: true)
        case .refuses(let reason, let isCertain): .refuses(reason, isCertain: isCertain)
        case .unknown(let why): .unknown(why)
        }
    }

    /// What keeps a guest from starting even if libvirt does not compare its CPU.
    private func refusalWhateverTheCheck(
        _ question: StartQuestion, on host: PlatformHost
    ) throws(CPUModelError) -> Judgement? {
        let cpu = question.cpu
        if let refusal = refusal(ofDeprecatedFeatures: question, on: host) { return refusal }
        let demanded = cpu.features(.require) + cpu.features(.force)
        // Where libvirt compares, it finds a required feature that no host has before QEMU does.
        let isCompared = !question.isUnchecked && question.check != .full && (cpu.mode == .custom || cpu.mode == .hostModel)
        let passedOn = isCompared ? cpu.features(.force) : demanded
        let unknown = X86Map.unknownToQEMU.filter { passedOn.contains($0) }
        if !unknown.isEmpty { return .refuses(.unknownToQEMU(unknown), isCertain: true) }
        // QEMU's translator has no invariant TSC, and libvirt ends a guest that has it by its definition or its model ("host
        // doesn't support invariant TSC"; qemu_process.c, `qemuProcessVerifyCPUFeatures`).
        if !question.platform.isAccelerated {
            let model = question.usesHostModel ? nil : cpu.model.flatMap { host.map.x86.model(named: $0) }
            let isModels = model.map { host.map.x86.featureNames(in: $0.features).contains("invtsc") } ?? false
            if demanded.contains("invtsc") || isModels && !cpu.features.contains(where: { $0.name == "invtsc" }) {
                return .refuses(.incompatible(.missingFeatures(["invtsc"])), isCertain: true)
            }
        }
        // libvirt looks for the model in the hypervisor's list (qemu_process.c, `qemuProcessUpdateGuestCPU`). Where it
        // compares the CPU, it does so before.
        if question.isUnchecked, !question.usesHostModel, cpu.mode == .custom, let model = cpu.model, cpu.fallback == .forbid,
            let known = host.capabilities?.capabilities, !known.models.isEmpty, known.model(named: model) == nil,
            host.map.x86.model(named: model) != nil
        {
            return .refuses(.notListed(model), isCertain: host.isCertain)
        }
        return nil
    }

    /// libvirt refuses a feature that the guest forbids and the host has, unless `check` is `none` (qemu_process.c,
    /// `virCPUCheckForbiddenFeatures`). Where it compares the CPU, and in 9.0 always, features count that only the processor
    /// has; otherwise those of host-model alone (seen of libvirt 9.0, 11.3 and 12.9).
    private func refusal(ofForbidden question: StartQuestion, on host: PlatformHost) -> Judgement? {
        let isCompared = question.check != .full && (question.cpu.mode == .custom || question.cpu.mode == .hostModel)
        let isOld = trustsUsableModels(host) == false
        guard !question.isUnchecked, let having = isCompared || isOld ? host.full : host.reported ?? host.full else { return nil }
        let forbidden = host.map.x86.bits(ofFeatures: question.cpu.features(.forbid)) & having.features
        if forbidden.isEmpty { return nil }
        return .refuses(
            .incompatible(.forbiddenFeatures(host.map.x86.featureNames(in: forbidden))), isCertain: host.isCertain)
    }

    /// libvirt has known `deprecated_features` since 11.0, and refuses it when the guest starts if QEMU does not name such
    /// features, which QEMU has done for x86 since 10.1 (seen: refused by libvirt 11.3 with QEMU 10.0, started by 9.0 with 7.2
    /// and by 12.9 with 11.1).
    private func refusal(ofDeprecatedFeatures question: StartQuestion, on host: PlatformHost) -> Judgement? {
        guard question.togglesDeprecatedFeatures, let release = host.release ?? host.shown, release >= LibvirtVersion(major: 11)
        else { return nil }
        guard let newest = host.qemuVersion, newest < MachineVersion(major: 10, minor: 1) else { return nil }
        return .refuses(.deprecatedFeaturesUnsupported, isCertain: host.showsQEMUVersion)
    }

    /// The same steps as libvirt's `qemuDomainCheckCPU`, on x86.
    private func judgeX86(_ question: StartQuestion, on host: PlatformHost) throws(CPUModelError) -> Judgement {
        let cpu = question.cpu
        let x86 = host.map.x86
        let model = cpu.mode == .custom ? cpu.model : nil
        if let model, x86.model(named: model) == nil { throw .unknownModel(model) }
        guard let full = host.full else { return .unknown("the host's CPU is unknown for guests of this type and architecture") }

        guard let known = host.capabilities?.capabilities else {
            // Only the host's CPU is known. `full` contains everything that KVM could add, but QEMU decides.
            return judgement(try x86.compare(cpu.comparable(model), on: full), isCertain: false)
        }
        let listed = model.flatMap { known.model(named: $0) }
        let trustsUsable = trustsUsableModels(host)
        if listed?.usability == .yes, cpu.features.allSatisfy({ $0.policy == .disable }), trustsUsable != false {
            if trustsUsable == true { return .starts(isCertain: host.isCertain) }
            var compared = judgement(try x86.compare(cpu.comparable(model), on: full), on: host)
            if compared.answer != .refuses || trustsUsable == false { return compared }
            compared.isCertain = false
            compared.reasons.append(.comparedBefore(Self.trustingUsableModels))
            return compared
        }
        if let model, let listed, trustsUsable != false, x86.model(named: model)?.comparesByMap == false, known.hostModel?.fallback == .forbid,
            !known.withholdsBlockers, let reported = host.reported
        {
            return try judge(cpu, listed, on: reported, x86, isCertain: host.isCertain)
        }
        if let model, x86.model(named: model)?.isKnownByNameOnly == true, listed?.usability == .yes,
            hasAll(cpu, on: host, x86), cpu.match != .strict, cpu.vendor == nil || cpu.vendor == full.vendor
        {
            // The map says nothing about the model, but the hypervisor does, and it lists what the guest requires.
            return .starts(isCertain: host.isCertain)
        }
        let compared = judgement(try x86.compare(cpu.comparable(model), on: full), on: host)
        if compared.answer == .refuses, compared.isCertain { return compared }
        // libvirt then looks for the model in the hypervisor's list (qemu_process.c, `qemuProcessUpdateGuestCPU`).
        if let model, !question.usesHostModel, listed == nil, !known.models.isEmpty, cpu.fallback == .forbid {
            return .refuses(.notListed(model), isCertain: host.isCertain)
        }
        return compared
    }

    /// The hypervisor's host-model has every feature that a guest requires by name.
    private func hasAll(_ cpu: CPUDefinition, on host: PlatformHost, _ x86: X86Map) -> Bool {
        guard let reported = host.reported else { return false }
        return (cpu.features(.require) + cpu.features(.force)).allSatisfy { name in
            x86.bits(ofFeature: name)?.isSubset(of: reported.features) ?? false
        }
    }

    /// The judgement by what libvirt compares the guest with, where domain capabilities are known.
    private func judgement(_ comparison: Comparison, on host: PlatformHost) -> Judgement {
        var judgement = judgement(comparison, isCertain: host.isCertain)
        if case .incompatible(.missingFeatures(let features)) = comparison, !host.isCertainlyWithout(features) {
            judgement.isCertain = false
        }
        return judgement
    }

    /// The first libvirt that starts a model that the hypervisor reports as usable without comparing it by the CPU map.
    static let trustingUsableModels = LibvirtVersion(major: 10, minor: 2)

    /// Whether a host's libvirt starts usable models without comparing them. Nil if nothing says what release it is.
    private func trustsUsableModels(_ host: PlatformHost) -> Bool? {
        if let release = host.release { return release >= Self.trustingUsableModels }
        return host.shown.flatMap { $0 >= Self.trustingUsableModels ? true : nil }
    }

    /// Judges by the blockers that the hypervisor reports for the model, and by the features that the guest requires in
    /// addition (cpu.c, `virCPUCompareUnusable`).
    private func judge(
        _ cpu: CPUDefinition, _ model: DomainCapabilities.Model, on reported: X86Host, _ x86: X86Map, isCertain: Bool
    ) throws(CPUModelError) -> Judgement {
        let blockers = inMapOrder(openBlockers(of: model, cpu), x86)
        var required = FeatureSet()
        for name in cpu.features(.require) {
            guard let bits = x86.bits(ofFeature: name) else { throw .unknownFeature(name) }
            required |= bits
        }
        var judgement = Judgement.starts(isCertain: isCertain)
        if !blockers.isEmpty { judgement.reasons.append(.blockers(blockers, ofModel: model.name)) }
        let missing = x86.featureNames(in: required - reported.features)
        if !missing.isEmpty, judgement.reasons.isEmpty, let model = reported.modelKnownByNameOnly {
            throw .modelKnownByNameOnly(model)
        }
        if !missing.isEmpty, reported.modelKnownByNameOnly == nil { judgement.reasons.append(.incompatible(.missingFeatures(missing))) }
        if !judgement.reasons.isEmpty { judgement.answer = .refuses }
        return judgement
    }

    /// Judges a guest of another architecture than x86. The CPU map has no features for it, so what the hypervisor
    /// reports about its models decides.
    private func judgeOther(_ question: StartQuestion, on host: PlatformHost) throws(CPUModelError) -> Judgement {
        let cpu = question.cpu
        if cpu.mode == .custom, let model = cpu.model,
            let listed = host.capabilities?.capabilities.model(named: model), listed.usability != .unknown
        {
            let open = openBlockers(of: listed, cpu)
            if listed.usability == .no, !open.isEmpty {
                return .refuses(.blockers(open, ofModel: model), isCertain: host.isCertain)
            }
            if listed.usability == .yes, cpu.features.allSatisfy({ $0.policy == .disable }) {
                return .starts(isCertain: host.isCertain)
            }
        }
        guard let native = host.cpu else { return .unknown("the host's CPU is unknown for guests of this type and architecture") }
        return judgement(try host.map.compare(cpu, on: native), isCertain: false)
    }

    private func judgement(_ comparison: Comparison, isCertain: Bool) -> Judgement {
        switch comparison {
        case .identical, .superset: .starts(isCertain: isCertain)
        case .incompatible(.unknownHost): .unknown("the host's CPU is unknown")
        case .incompatible(let why): .refuses(.incompatible(why), isCertain: isCertain)
        case .notJudged(let architecture): .unknown("\(architecture) CPUs cannot be compared with libvirt's CPU map")
        }
    }

    /// The blockers of the model, except those that the guest disables.
    func openBlockers(of model: DomainCapabilities.Model, _ cpu: CPUDefinition) -> [String] {
        let disabled = Set(cpu.features(.disable))
        return model.blockers.filter { !disabled.contains($0) }
    }

    /// The names in the order of the CPU map, then those that it does not contain.
    private func inMapOrder(_ names: [String], _ x86: X86Map) -> [String] {
        x86.featureNames(in: x86.bits(ofFeatures: names)) + names.filter { x86.feature(named: $0) == nil }
    }
}

extension CPUDefinition {
    /// The CPU with another model, for a comparison by the CPU map. A host-model has no model of its own, so only the
    /// features that the guest requests in addition are compared.
    fileprivate func comparable(_ model: String?) -> CPUDefinition {
        var cpu = self
        cpu.model = model
        return cpu
    }
}
