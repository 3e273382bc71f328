import CPUModel
import DomainXML

extension Rule {
    static let guestISALevel = Rule(
        id: "guest-isa-level",
        severity: .error,
        needs: .osinfo,
        summary: "the guest's operating system needs processor features that this CPU lacks",
        explanation: """
            RHEL 9 and its kin, SLES 16 and others are built for x86-64-v2, RHEL 10 for x86-64-v3; Windows 11 24H2 and \
            Server 2025 need SSE4.2 and POPCNT. On a CPU without them they do not boot, or stop at the first program \
            ("CPU does not support x86-64-v2"). QEMU's default, `qemu64`, has none of it.

            Which system is installed is told by the libosinfo id in `<metadata>`; what the CPU has, by QEMU's model of \
            the name (its Haswell is v3, though libvirt's CPU map leaves two of the features out). Where the id leaves \
            a doubt this is a warning that says which. Nehalem is the usual least model for v2, Haswell for v3.
            """,
        examples: [
            .bad(
                "RHEL 9 on the hypervisor's default",
                """
                <domain type='kvm'>
                  <metadata>
                    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                      <libosinfo:os id='http://redhat.com/rhel/9.2'/>
                    </libosinfo:libosinfo>
                  </metadata>
                  <os><type arch='x86_64'>hvm</type></os>
                </domain>
                """),
            .bad(
                "RHEL 10 on a model of the level below",
                """
                <domain type='kvm'>
                  <metadata>
                    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                      <libosinfo:os id='http://redhat.com/rhel/10.0'/>
                    </libosinfo:libosinfo>
                  </metadata>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>IvyBridge</model></cpu>
                </domain>
                """),
            .bad(
                "perhaps 24H2",
                """
                <domain type='kvm'>
                  <metadata>
                    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                      <libosinfo:os id='http://microsoft.com/win/11'/>
                    </libosinfo:libosinfo>
                  </metadata>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Penryn</model><feature name='lahf_lm'/></cpu>
                </domain>
                """),
            .good(
                "Haswell is v3",
                """
                <domain type='kvm'>
                  <metadata>
                    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                      <libosinfo:os id='http://redhat.com/rhel/10.0'/>
                    </libosinfo:libosinfo>
                  </metadata>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX</model></cpu>
                </domain>
                """),
            .good(
                "Debian runs on any",
                """
                <domain type='kvm'>
                  <metadata>
                    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                      <libosinfo:os id='http://debian.org/debian/12'/>
                    </libosinfo:libosinfo>
                  </metadata>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>kvm64</model></cpu>
                </domain>
                """),
        ],
        check: { inspection in
            // A 32-bit machine runs no 64-bit system.
            guard inspection.guest.isManaged, inspection.guest.architecture.name == "x86_64",
                let id = inspection.guest.osinfoID
            else { return }
            let requirements = OSRequirement.of(osinfoID: id)
            guard !requirements.isEmpty else { return }
            let x86 = inspection.knowledge.x86
            for (features, host) in inspection.givenFeatures() {
                for requirement in requirements {
                    let missing = x86.featureNames(in: x86.bits(ofFeatures: requirement.features) - features)
                    guard !missing.isEmpty else { continue }
                    let onHost = host.map { " on host \($0)" } ?? ""
                    let needs = requirement.doubt == nil ? "needs" : "may need"
                    inspection.report(
                        at: inspection.cpu?.namedModel?.span ?? inspection.cpuPlace,
                        as: requirement.doubt == nil ? nil : .warning,
                        "the guest's system (\(id)) \(needs) \(requirement.name), and its CPU lacks\(onHost): "
                            + missing.joined(separator: ", "),
                        notes: requirement.doubt.map { [$0] } ?? [], help: requirement.help, host: host)
                    break
                }
            }
        })
}

extension OSRequirement {
    fileprivate var help: String {
        features.contains("avx2")
            ? "Haswell-noTSX and EPYC are the oldest models with x86-64-v3" : "Nehalem is the oldest model that has all of it"
    }
}

extension Inspection {
    /// What the guest's CPU has: by its definition, or on each host that it follows. Empty where nobody can tell.
    fileprivate func givenFeatures() -> [(features: FeatureSet, host: String?)] {
        guard let question = StartQuestion(guest) else { return [] }
        var cpu = question.cpu
        switch cpu.mode {
        case .custom where cpu.match != .minimum:
            // What libvirt and QEMU give for nothing.
            if cpu.model == nil { cpu.model = "qemu64" }
            let accelerator = guest.hypervisor == .hardware ? Accelerator.kvm : .tcg
            guard let visible = try? knowledge.map.guestVisibleCPU(of: cpu, under: accelerator) else { return [] }
            return [(visible.features, nil)]
        default:
            // The least that is sure: what is required besides, and not what is disabled.
            return startCheck.hosts.indices.compactMap { index in
                guard let offered = startCheck.offered(index, for: question.platform) else { return nil }
                let disabled = knowledge.x86.bits(ofFeatures: cpu.features(.disable) + cpu.features(.forbid))
                return (offered - disabled, startCheck.hosts[index].name)
            }
        }
    }
}
