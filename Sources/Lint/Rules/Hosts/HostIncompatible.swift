import CPUModel
import DomainXML

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
            let question = answer.question
            // Hosts of other architectures are named for other guests, if at least one host is for this guest.
            let foreign = answer.verdicts.map(\.isForArchitecture)
            if !foreign.isEmpty, foreign.allSatisfy({ $0 }) {
                return inspection.report(
                    at: inspection.cpuPlace, as: inspection.startCheck.areForEveryGuest ? nil : .warning,
                    "none of the given hosts can run \(guest.architecture) guests with hardware virtualisation")
            }
            for (index, verdict) in answer.verdicts.enumerated() where verdict.answer == .refuses && !foreign[index] {
                let reasons = verdict.reasons.map(\.description).joined(separator: "; ")
                let message = verdict.isCertain
                    ? "host \(verdict.host) would not start the guest: \(reasons)"
                    : "host \(verdict.host) might not start the guest: \(reasons)"
                inspection.report(
                    at: inspection.place(of: verdict), as: verdict.isCertain ? nil : .warning, message,
                    notes: verdict.isCertain ? [] : [doubt(inspection.startCheck, index, question)],
                    help: inspection.startCheck.remedy(for: question, host: index)?.description, host: verdict.host)
            }
        })
}

/// The note that says why a verdict is not certain.
private func doubt(_ check: StartCheck, _ host: Int, _ question: StartQuestion) -> String {
    guard let known = check.capabilities(of: host, for: question.platform) else {
        return "only the hypervisor knows for certain: also give the output of virsh domcapabilities"
    }
    return known.isOwn
        ? "the host's XML does not show the version of its libvirt: set libvirt: in the policy"
        : "the given domain capabilities are for another emulator or machine type than the guest's"
}

extension Inspection {
    /// The first feature at fault if the guest lists all of them itself; otherwise the model, or `<cpu>`.
    fileprivate func place(of verdict: HostVerdict) -> ByteRange {
        guard let cpu else { return cpuPlace }
        let asked = verdict.features.map { name in cpu.features.first { domain[$0.name] == name } }
        if let first = asked.first ?? nil, asked.allSatisfy({ $0 != nil }) { return first.element.span }
        for case .incompatible(.vendor) in verdict.reasons { return cpu.vendor?.text.span ?? cpuPlace }
        return cpu.effectiveMode == .custom ? cpu.namedModel?.span ?? cpuPlace : cpuPlace
    }
}
