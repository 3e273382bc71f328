import CPUModel
import DomainXML
import Hosts

extension Rule {
    static let guestISALevel = Rule(
        id: "guest-isa-level",
        severity: .error,
        tags: [.hosts, .windows],
        needs: .osinfo,
        summary: "the guest's operating system needs features that this CPU lacks",
        explanation: """
            RHEL 9 and its derivatives, SLES 16 and others are built for x86-64-v2, and RHEL 10 for x86-64-v3. Windows 11 \
            24H2 and Windows Server 2025 need SSE4.2 and POPCNT. On a CPU without these features they do not boot, or stop \
            at the first program ("CPU does not support x86-64-v2"). QEMU's default CPU, `qemu64`, meets none of these \
            requirements.

            The libosinfo id in `<metadata>` tells which system is installed. The features of a model are those that QEMU \
            gives it on the guest's machine type: QEMU's Haswell has x86-64-v3, although libvirt's CPU map leaves two of \
            the features out, but up to `pc-i440fx-2.4` it lacks `abm`. For an emulated guest whose hosts' domain \
            capabilities are given, only features that QEMU can emulate there count. If the id leaves a doubt, the \
            finding is a warning that states the doubt. The usual minimum is Nehalem for v2 and Haswell for v3; the \
            targets `x86-64-v2` and `x86-64-v3` choose a model that all hosts start.
            """,
        examples: [
            .bad(
                "RHEL 9 on the hypervisor's default CPU",
                finds: "the guest OS (http://redhat.com/rhel/9.2) needs x86-64-v2, but its CPU lacks: ssse3, sse4.1, "
                    + "sse4.2, popcnt",
                """
                ↓<domain type='kvm'>
                  <metadata>
                    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                      <libosinfo:os id='http://redhat.com/rhel/9.2'/>
                    </libosinfo:libosinfo>
                  </metadata>
                  <os><type arch='x86_64'>hvm</type></os>
                </domain>
                """),
            .bad(
                "RHEL 10 on a model that has only x86-64-v2",
                finds: "the guest OS (http://redhat.com/rhel/10.0) needs x86-64-v3, but its CPU lacks: fma, movbe, bmi1, "
                    + "avx2, bmi2, abm",
                .guest(
                    osinfo: "http://redhat.com/rhel/10.0",
                    cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓IvyBridge</model></cpu>")),
            .bad(
                "Windows 11, where the id does not tell whether it is 24H2",
                finds: "the guest OS (http://microsoft.com/win/11) may need the CPU features for Windows 11 24H2, but its CPU lacks: sse4.2, "
                    + "popcnt",
                .guest(
                    osinfo: "http://microsoft.com/win/11",
                    cpu: """
                        <cpu mode='custom' match='exact'><model fallback='forbid'>↓Penryn</model><feature name='lahf_lm'/></cpu>
                        """)),
            .good(
                "Haswell has x86-64-v3",
                .guest(
                    osinfo: "http://redhat.com/rhel/10.0",
                    cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX</model></cpu>")),
            .good(
                "Debian runs on every x86-64 CPU",
                .guest(
                    osinfo: "http://debian.org/debian/12",
                    cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>kvm64</model></cpu>")),
        ],
        check: { inspection in
            // An i686 guest cannot run a 64-bit system.
            guard inspection.guest.isManaged, inspection.guest.architecture.name == "x86_64",
                let id = inspection.guest.osinfoID
            else { return }
            let requirements = OSRequirement.of(osinfoID: id)
            guard !requirements.isEmpty else { return }
            for lack in inspection.lacks(requirements) {
                let requirement = lack.requirement, hosts = inspection.startCheck.names(ofKinds: lack.kinds)
                let needs = requirement.doubt == nil ? "needs" : "may need"
                inspection.report(
                    at: inspection.cpu?.namedModel?.span ?? inspection.cpuPlace,
                    as: requirement.doubt == nil ? nil : .warning,
                    "the guest OS (\(id)) \(needs) \(requirement.name), but its CPU\(hosts.isEmpty ? "" : " on \(hostNames(hosts))") lacks: "
                        + lack.missing.joined(separator: ", "),
                    notes: requirement.doubt.map { [$0] } ?? [], help: inspection.help(for: requirement), hosts: hosts)
            }
        })
}

/// What a guest's CPU lacks of the first requirement that it does not meet.
private struct Lack {
    var requirement: OSRequirement
    var missing: [String]
    /// The kinds of hosts on which it does; empty if the hosts do not matter.
    var kinds: [Int]
}

extension Inspection {
    /// What the guest's CPU lacks, on the hosts if it depends on them.
    fileprivate func lacks(_ requirements: [OSRequirement]) -> [Lack] {
        let x86 = knowledge.x86
        var lacks: [Lack] = []
        for (features, kind) in givenFeatures() {
            let all = requirements.lazy.map { ($0, x86.featureNames(in: x86.bits(ofFeatures: $0.features) - features)) }
            guard let (requirement, missing) = all.first(where: { !$0.1.isEmpty }) else { continue }
            let isSame = { (other: Lack) in other.requirement.name == requirement.name && other.missing == missing }
            if let same = lacks.firstIndex(where: isSame), let kind {
                lacks[same].kinds.append(kind)
            } else {
                lacks.append(Lack(requirement: requirement, missing: missing, kinds: kind.map { [$0] } ?? []))
            }
        }
        return lacks
    }

    /// A few features that make up for what the CPU lacks, or else the oldest models that have everything.
    fileprivate func help(for requirement: OSRequirement) -> String {
        if let level = requirement.level, let question = StartQuestion(guest), let step = startCheck.step(to: level, for: question) {
            return step.description
        }
        switch requirement.level {
        case .v3?: return "the oldest models with x86-64-v3 are Haswell-noTSX and EPYC"
        default:
            return requirement.features.contains("avx2")
                ? "the oldest models with avx2 are Haswell-noTSX and EPYC" : "the oldest model with all of these features is Nehalem"
        }
    }
}

extension Inspection {
    /// The features of the guest's CPU: by its definition, or on each kind of hosts if the CPU depends on the
    /// host. Empty if they are not known.
    private func givenFeatures() -> [(features: FeatureSet, kind: Int?)] {
        guard let question = StartQuestion(guest) else { return [] }
        var cpu = question.cpu
        switch cpu.mode {
        case .custom where cpu.match != .minimum:
            // The default of libvirt and QEMU.
            if cpu.model == nil { cpu.model = "qemu64" }
            guard let visible = visible(cpu, question.platform) else { return [] }
            return [(visible.features, nil)]
        default:
            // What the host offers, less what the guest disables.
            let disabled = knowledge.x86.bits(ofFeatures: cpu.features(.disable) + cpu.features(.forbid))
            return startCheck.distinct.enumerated().compactMap { kind, host in
                startCheck.offered(host, for: question.platform).map { ($0 - disabled, kind) }
            }
        }
    }

    /// With a CPU map that QEMU's models were not compared with, the features that they have beyond the newest map's
    /// are added all the same: without them, nearly every model would lack some.
    private func visible(_ cpu: CPUDefinition, _ platform: DomainPlatform) -> GuestVisibleCPU? {
        if knowledge.qemu != nil { return startCheck.visible(cpu, platform) }
        let seen = try? knowledge.map.guestVisibleCPU(of: cpu, under: platform.accelerator, machine: platform.machine)
        return seen ?? nil
    }
}
