import CPUModel
import DomainXML
import Hosts

extension Rule {
    static let hostIncompatible = Rule(
        id: "host-incompatible",
        severity: .error,
        tags: [.hosts],
        needs: .hosts, concernsOnlyHost: true,
        summary: "a host would not start the guest",
        explanation: """
            The rule decides as libvirt does when it starts a guest. If the hypervisor calls the model usable, and all \
            features that the guest lists are disabled ones, the guest starts. Most other CPUs are compared, by libvirt's \
            CPU map, with everything that the host has: the features of its processor and those that the hypervisor adds. \
            A model that the map does not compare (a `-vN` name) starts, unless the hypervisor lists features that block \
            it, or the guest requires a feature that the host lacks.

            With the host's domain capabilities (`virsh domcapabilities`) for the guest's architecture, type, machine and \
            emulator, the finding is an error. With only `virsh capabilities` or CPUID it is a warning, because only QEMU \
            knows what guests can have. Guests have some features whatever the processor is (`hypervisor`, `x2apic`, \
            `vmx-*` and others); these are never reported as missing.

            With domain capabilities alone, a feature that no model's blockers name can still be one of the processor's, and \
            libvirt counts those too; the finding is then a warning. A host that cannot be judged is reported as well.

            Under `check='full'`, which live definitions of running guests have, libvirt compares nothing before the start, but \
            stops a guest that does not have exactly the features of its definition. What QEMU gives follows from its model on \
            the guest's machine type and from the host's domain capabilities. Where these are not known, a warning says so.

            Each host is judged by the CPU map of its libvirt release. `libvirt:` in the policy and `--libvirt` state the \
            release, and a host that is named by a URI is asked.

            The help states the smallest change with which the guest would start on that host. The rule has checked that \
            change too.
            """,
        examples: [
            .bad(
                "TSX is switched off on the host",
                finds: "host hv01 would not start the guest: the host lacks required features: hle, rtm", hosts: [.haswell],
                .guest(
                    machine: "pc-q35-9.2",
                    cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓Haswell</model></cpu>")),
            .bad(
                "the host lacks a feature, as far as its capabilities show",
                finds: "host hv01 might not start the guest: the host lacks required features: avx512f", hosts: [.haswellCapabilities],
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Haswell-noTSX</model>
                      ↓<feature policy='require' name='avx512f'/>
                    </cpu>
                    """)),
            .bad(
                "another vendor", finds: "host hv01 would not start the guest: the vendor of the host's CPU is Intel, not AMD",
                hosts: [.haswellCapabilities, .haswell],
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Westmere</model>
                      <vendor>↓AMD</vendor>
                    </cpu>
                    """)),
            .bad(
                "a mode that the hypervisor does not support",
                finds: "host hv01 would not start the guest: the hypervisor does not support mode maximum", hosts: [.haswell],
                .guest(cpu: "↓<cpu mode='maximum'/>")),
            .bad(
                "a list of features that is not QEMU's",
                finds: "host hv01 would not start the guest: check='full' demands exactly the features of the definition, but "
                    + "QEMU adds f16c, rdrand, hypervisor, vme, arat, xsaveopt, abm",
                hosts: [.haswellCapabilities, .haswell],
                .guest(
                    machine: "pc-q35-9.2",
                    cpu: "<cpu mode='custom' match='exact' check='↓full'><model fallback='forbid'>Haswell-noTSX</model></cpu>")),
            .good(
                "the -noTSX variant of the model", hosts: [.haswell],
                .guest(
                    machine: "pc-q35-9.2",
                    cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX</model></cpu>")),
            .good(
                "KVM provides features that the processor does not report", hosts: [.haswellCapabilities],
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Haswell-noTSX</model>
                      <feature policy='require' name='hypervisor'/>
                      <feature policy='require' name='vmx-ept'/>
                    </cpu>
                    """)),
        ],
        check: { inspection in
            let guest = inspection.guest
            guard let answer = inspection.hostAnswer else { return }
            let question = answer.question, check = inspection.startCheck
            // Hosts of other architectures are named for other guests, if at least one host is for this guest.
            if !answer.judgements.isEmpty, answer.judgements.allSatisfy(\.value.isForArchitecture) {
                return inspection.report(
                    at: inspection.cpuPlace, as: check.areForEveryGuest ? nil : .warning,
                    "none of the given hosts can run \(guest.architecture) guests with hardware virtualisation",
                    help: "name a host of this architecture too; in a policy, hosts: of the guest's entry can name it",
                    verdicts: check.jointVerdicts(answer))
            }
            inspection.reportDoubts(answer)
            for refusal in check.refusals(answer) {
                let isCertain = refusal.judgement.isCertain
                inspection.report(
                    at: inspection.place(of: refusal.judgement), as: isCertain ? nil : .warning,
                    refusal.message,
                    notes: [refusal.doubt].compactMap { $0 } + inspection.otherVendor(refusal) + check.usableModel(refusal, answer),
                    help: check.remedy(refusal, question), hosts: refusal.hosts,
                    verdicts: [JointVerdict(refusal.judgement, hosts: refusal.hosts)])
            }
        })
}

extension StartCheck {
    /// The refusals of a guest, in the order of the hosts. Hosts of other architectures are left out.
    fileprivate func refusals(_ answer: StartAnswer) -> [JointRefusal] {
        remembering(answer.question) { () -> [JointRefusal] in findRefusals(answer) }
    }

    private func findRefusals(_ answer: StartAnswer) -> [JointRefusal] {
        var refusals: [JointRefusal] = []
        for (judgement, kinds) in answer.judgements where judgement.answer == .refuses && !judgement.isForArchitecture {
            let reasons = judgement.reasons.map(\.description).joined(separator: "; ")
            for kind in kinds.map({ Int($0) }) {
                let doubt = judgement.isCertain ? nil : doubt(about: judgement, self, distinct[kind], answer.question)
                let isSame = { (other: JointRefusal) in
                    other.reasons == reasons && other.judgement.isCertain == judgement.isCertain && other.doubt == doubt
                }
                if let same = refusals.firstIndex(where: isSame) {
                    refusals[same].kinds.append(kind)
                } else {
                    refusals.append(JointRefusal(kinds: [kind], judgement: judgement, reasons: reasons, doubt: doubt, hosts: []))
                }
            }
        }
        for index in refusals.indices { refusals[index].hosts = names(ofKinds: refusals[index].kinds) }
        return refusals.sorted { $0.kinds[0] < $1.kinds[0] }
    }

    /// What to do about a refusal: for each host by its name, if the hosts need different changes.
    fileprivate func remedy(_ refusal: JointRefusal, _ question: StartQuestion) -> String? {
        rememberingRemedy(question, firstKind: refusal.kinds[0]) { findRemedy(refusal, question) }
    }

    private func findRemedy(_ refusal: JointRefusal, _ question: StartQuestion) -> String? {
        let hosts = known(question.platform)
        var remedies: [StartAnswer.Shared<HostRemedy?>] = []
        for kind in refusal.kinds { remedies.add(remedy(for: question, on: hosts[kind]), of: kind) }
        // Different remedies can have the same words.
        var ways: [StartAnswer.Shared<String?>] = []
        for (remedy, kinds) in remedies {
            let way = remedy?.description
            for kind in kinds { ways.add(way, of: Int(kind)) }
        }
        if ways.count == 1 { return ways[0].value }
        let named = ways.compactMap { way, kinds in way.map { "\(listing(names(ofKinds: kinds.map { Int($0) }), upTo: 3)): \($0)" } }
        return listing(named, upTo: 6, separator: "; ")
    }

    /// The note that only libvirt's map, and not the hypervisor, gives the model the features that the hosts lack.
    fileprivate func usableModel(_ refusal: JointRefusal, _ answer: StartAnswer) -> [String] {
        let missing = refusal.judgement.features
        guard !missing.isEmpty, !answer.question.cpu.features.contains(where: { missing.contains($0.name) }) else { return [] }
        let usable = answer.listed.filter { $0.value.usability == .yes }
        let kinds = usable.flatMap(\.kinds).map { Int($0) }.filter(refusal.kinds.contains)
        guard let kind = kinds.min(), let model = usable.first else { return [] }
        let release = libvirtRelease(of: distinct[kind]).map { "libvirt \($0)" } ?? "libvirt"
        return [
            "the hypervisor \(refusal.isOne ? "" : "on \(hosts[distinct[kind]].name) ")reports \(model.value.name) as usable, but \(release) compares it by its own CPU map, "
                + "which gives the model \(listing(missing))"
        ]
    }
}

extension Inspection {
    /// The note that the model is of another vendor than the processors that lack its features.
    fileprivate func otherVendor(_ refusal: JointRefusal) -> [String] {
        guard let model = vendorOfModel, !refusal.judgement.features.isEmpty else { return [] }
        let vendors = Set(refusal.kinds.compactMap { startCheck.vendors[$0] })
        guard vendors.count == 1, let vendor = vendors.first, vendor != model.vendor else { return [] }
        return ["\(model.name) is a model of vendor \(model.vendor), and "
            + (refusal.isOne ? "the host's processor is" : "the hosts' processors are") + " of \(vendor)"]
    }
}

/// The note that says why a verdict is not certain.
private func doubt(about verdict: Judgement, _ check: StartCheck, _ host: Int, _ question: StartQuestion) -> String {
    guard let known = check.capabilities(of: host, for: question.platform) else {
        return "only the hypervisor knows for certain: also give the output of virsh domcapabilities"
    }
    if !known.isOwn { return "the given domain capabilities are for another emulator or machine type than the guest's" }
    let dependsOnQEMU = verdict.reasons.contains { reason in
        switch reason {
        case .notAsDefined, .deprecatedFeaturesUnsupported: true
        default: false
        }
    }
    if dependsOnQEMU { return "what QEMU gives depends on its version, which the host's XML does not show: also give the output of virsh capabilities" }
    let dependsOnRelease = verdict.reasons.contains { if case .comparedBefore = $0 { true } else { false } }
    return dependsOnRelease
        ? "the host's XML does not show the version of its libvirt: set libvirt: in the policy"
        : "libvirt also counts what only the processor shows: also give the output of virsh capabilities"
}

extension Inspection {
    /// Reports the hosts that cannot be judged: silence would look like approval. A name that nobody knows is a finding of
    /// its own, and a host that did not answer an error of the run.
    fileprivate func reportDoubts(_ answer: StartAnswer) {
        let question = answer.question
        var doubts: [(why: String, judgement: Judgement, kinds: [Int])] = []
        for (judgement, kinds) in answer.judgements where judgement.answer == .unknown {
            guard case .notJudged(let why)? = judgement.reasons.first else { continue }
            if let same = doubts.firstIndex(where: { $0.why == why }) {
                doubts[same].kinds += kinds.map { Int($0) }
            } else {
                doubts.append((why, judgement, kinds.map { Int($0) }))
            }
        }
        if doubts.isEmpty || namesUnknown(question.cpu) { return }
        let isOrdinary = question.platform.isX86 && question.platform.isAccelerated
        // Under emulation host-model is what QEMU can emulate, on each host: emulated-host-cpu says so.
        if !question.platform.isAccelerated, question.cpu.mode == .hostModel, question.cpu.features.isEmpty { return }
        for (why, judgement, kinds) in doubts {
            let names = startCheck.names(ofKinds: kinds)
            report(
                at: place(of: judgement), as: isOrdinary ? .warning : .note,
                "cannot tell whether \(hostNames(names)) would start the guest: \(why)",
                help: isOrdinary ? nil : capabilitiesToGive(question.platform), hosts: names,
                verdicts: [JointVerdict(judgement, hosts: names)])
        }
    }

    /// The command whose output shows what a host's hypervisor gives to guests that are not ordinary ones.
    private func capabilitiesToGive(_ platform: DomainPlatform) -> String {
        let type = platform.isAccelerated ? "kvm" : "qemu"
        return "also give the output of virsh domcapabilities --virttype \(type) --arch \(platform.architecture) of each host"
    }

    private func namesUnknown(_ cpu: CPUDefinition) -> Bool {
        guard guest.isX86 else { return false }
        let x86 = knowledge.x86
        return cpu.model.map { x86.model(named: $0) == nil } ?? false
            || cpu.features.contains { x86.feature(named: $0.name) == nil }
    }

    /// The first feature at fault if the guest lists all of them itself; otherwise the model, or `<cpu>`.
    fileprivate func place(of verdict: Judgement) -> ByteRange {
        guard let cpu else { return cpuPlace }
        let asked = verdict.features.map { name in cpu.features.first { domain[$0.name] == name } }
        if let first = asked.first ?? nil, asked.allSatisfy({ $0 != nil }) { return first.element.span }
        for case .notAsDefined in verdict.reasons { return cpu.check?.text.span ?? cpuPlace }
        for case .deprecatedFeaturesUnsupported in verdict.reasons { return cpu.deprecatedFeatures?.text.span ?? cpuPlace }
        for case .incompatible(.vendor) in verdict.reasons { return cpu.vendor?.text.span ?? cpuPlace }
        return cpu.effectiveMode == .custom ? cpu.namedModel?.span ?? cpuPlace : cpuPlace
    }
}
