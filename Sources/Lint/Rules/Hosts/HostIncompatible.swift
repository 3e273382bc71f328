import CPUModel
import DomainXML

extension Rule {
    static let hostIncompatible = Rule(
        id: "host-incompatible",
        severity: .error,
        needs: .hosts, concernsOnlyHost: true,
        summary: "a host would not start the guest",
        explanation: """
            Judged as libvirt judges at start. A model that the hypervisor calls usable, with no feature but disabled \
            ones, starts. Most other CPUs are compared, by libvirt's CPU map, with all that the host has: its \
            processor's features and what the hypervisor adds. A model that the map does not compare (the `-vN` \
            names) starts unless the hypervisor lists features that block it, or the guest requires one that the host \
            lacks.

            With the host's domain capabilities (`virsh domcapabilities`) for the guest's architecture, type, machine \
            and emulator this is an error. From `virsh capabilities` or CPUID alone it is a warning, because only QEMU \
            knows what guests can have: some features are there whatever the processor (`hypervisor`, `x2apic`, \
            `vmx-*`, …), and those are never said to be missing.

            The help names the smallest change that would make the guest run there; it has been judged too.
            """,
        examples: [
            .bad(
                "the host's TSX is switched off", hosts: [.haswell],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64' machine='pc-q35-9.2'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model></cpu>
                </domain>
                """),
            .bad(
                "a feature that the host lacks; known from capabilities alone", hosts: [.haswellCapabilities],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Haswell-noTSX</model>
                    <feature policy='require' name='avx512f'/>
                  </cpu>
                </domain>
                """),
            .bad(
                "another vendor", hosts: [.haswellCapabilities, .haswell],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Westmere</model>
                    <vendor>AMD</vendor>
                  </cpu>
                </domain>
                """),
            .bad(
                "a mode that the hypervisor lacks", hosts: [.haswell],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='maximum'/>
                </domain>
                """),
            .good(
                "the sibling", hosts: [.haswell],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64' machine='pc-q35-9.2'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX</model></cpu>
                </domain>
                """),
            .good(
                "KVM gives what the processor does not tell of", hosts: [.haswellCapabilities],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Haswell-noTSX</model>
                    <feature policy='require' name='hypervisor'/>
                    <feature policy='require' name='vmx-ept'/>
                  </cpu>
                </domain>
                """),
        ],
        check: { inspection in
            let guest = inspection.guest
            guard let answer = inspection.hostAnswer else { return }
            let question = answer.question
            // Hosts of other architectures are other guests' hosts, as long as there is one for this guest.
            let foreign = answer.verdicts.map(\.isForArchitecture)
            if !foreign.isEmpty, foreign.allSatisfy({ $0 }) {
                return inspection.report(
                    at: inspection.cpuPlace, as: inspection.startCheck.areForEveryGuest ? nil : .warning,
                    "no host that is named here runs \(guest.architecture) guests with hardware virtualisation")
            }
            for (index, verdict) in answer.verdicts.enumerated() where verdict.answer == .refuses && !foreign[index] {
                let reasons = verdict.reasons.map(\.description).joined(separator: "; ")
                let message = verdict.isCertain
                    ? "host \(verdict.host) would not start it: \(reasons)"
                    : "host \(verdict.host) may not start it: \(reasons)"
                inspection.report(
                    at: inspection.place(of: verdict), as: verdict.isCertain ? nil : .warning, message,
                    notes: verdict.isCertain ? [] : [doubt(inspection.startCheck, index, question)],
                    help: inspection.startCheck.remedy(for: question, host: index)?.description, host: verdict.host)
            }
        })
}

/// Why it is not certain.
private func doubt(_ check: StartCheck, _ host: Int, _ question: StartQuestion) -> String {
    guard let known = check.capabilities(of: host, for: question.platform) else {
        return "only the hypervisor knows: give its virsh domcapabilities too"
    }
    return known.isOwn
        ? "how old the host's libvirt is its XML does not show: say libvirt: in the policy"
        : "the domain capabilities are those of another emulator"
}

extension Inspection {
    /// The features at fault where the guest asks for them itself, else the model, else `<cpu>`.
    fileprivate func place(of verdict: HostVerdict) -> ByteRange {
        guard let cpu else { return cpuPlace }
        let asked = verdict.features.map { name in cpu.features.first { domain[$0.name] == name } }
        if let first = asked.first ?? nil, asked.allSatisfy({ $0 != nil }) { return first.element.span }
        for case .incompatible(.vendor) in verdict.reasons { return cpu.vendor?.text.span ?? cpuPlace }
        return cpu.effectiveMode == .custom ? cpu.namedModel?.span ?? cpuPlace : cpuPlace
    }
}

extension Rule.Example.HostDocument {
    /// A desktop processor whose TSX was switched off by microcode.
    static let haswellCapabilities = Self(
        "hv01.capabilities.xml",
        """
        <capabilities>
          <host>
            <cpu>
              <arch>x86_64</arch>
              <model>Haswell-noTSX-IBRS</model>
              <vendor>Intel</vendor>
              <signature family='6' model='60' stepping='3'/>
              <feature name='vmx'/>
              <feature name='f16c'/>
              <feature name='rdrand'/>
              <feature name='abm'/>
              <feature name='ssbd'/>
              <feature name='stibp'/>
              <feature name='xsaveopt'/>
            </cpu>
          </host>
        </capabilities>
        """)

    /// What its hypervisor gives.
    static let haswell = Self(
        "hv01.domcapabilities.xml",
        """
        <domainCapabilities>
          <path>/usr/bin/qemu-system-x86_64</path>
          <domain>kvm</domain>
          <machine>pc-q35-9.2</machine>
          <arch>x86_64</arch>
          <cpu>
            <mode name='host-passthrough' supported='yes'/>
            <mode name='maximum' supported='no'/>
            <mode name='host-model' supported='yes'>
              <model fallback='forbid'>Haswell-noTSX-IBRS</model>
              <vendor>Intel</vendor>
              <feature policy='require' name='hypervisor'/>
              <feature policy='require' name='f16c'/>
              <feature policy='require' name='rdrand'/>
              <feature policy='require' name='abm'/>
            </mode>
            <mode name='custom' supported='yes'>
              <model usable='yes' vendor='unknown'>kvm64</model>
              <model usable='yes' deprecated='yes' vendor='Intel'>Penryn</model>
              <model usable='yes' vendor='Intel' canonical='Haswell-v2'>Haswell-noTSX</model>
              <model usable='no' vendor='Intel' canonical='Haswell-v1'>Haswell</model>
              <blockers model='Haswell'>
                <feature name='hle'/>
                <feature name='rtm'/>
              </blockers>
              <model usable='no' vendor='Intel'>Haswell-v1</model>
              <blockers model='Haswell-v1'>
                <feature name='hle'/>
                <feature name='rtm'/>
              </blockers>
              <model usable='no' vendor='AMD'>Opteron_G2</model>
              <blockers model='Opteron_G2'>
                <feature name='svm'/>
              </blockers>
            </mode>
          </cpu>
        </domainCapabilities>
        """)
}
