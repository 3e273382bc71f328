import CPUModel
import DomainXML

extension Rule {
    static let unknownFeature = Rule(
        id: "unknown-feature",
        severity: .error,
        tags: [.libvirt],
        needs: .features,
        summary: "the feature is not in libvirt's CPU map, so the guest does not start",
        explanation: """
            libvirt has one name for each feature, and it often differs from the name in `/proc/cpuinfo` or in QEMU's \
            documentation: `sse4.1`, not `sse4_1`; `pclmuldq`, not `pclmulqdq`; `invtsc`, not `constant_tsc`. `virsh \
            define` accepts any name, but the guest then fails to start with "unknown CPU feature", whatever the policy of \
            the feature is.

            Properties that only QEMU's command line has (`pmu`, `l3-cache`, `kvm_pv_unhalt`, `+vmx`) have elements of their \
            own in libvirt; the help names them.

            A feature of x86 in an Arm or s390x guest keeps the guest from starting too, whatever its policy is. Other names \
            are not checked there.

            This applies to every mode, to host-passthrough and maximum as well (tried with libvirt 9.0, 11.3 and 12.9).

            Another spelling of a known name is a fix, unless the feature would then be listed twice, which libvirt refuses.
            """,
        examples: [
            .bad(
                "the kernel's name", finds: "libvirt does not know the CPU feature 'sse4_2' (did you mean 'sse4.2'?)",
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Penryn</model>
                      <feature policy='require' name='↓sse4_2'/>
                    </cpu>
                    """)),
            .bad(
                "a misspelt name", finds: "libvirt does not know the CPU feature 'vxm'",
                .guest(cpu: "<cpu mode='host-model'><feature policy='disable' name='↓vxm'/></cpu>")),
            .bad(
                "a name that only QEMU knows, under host-passthrough", finds: "libvirt does not know the CPU feature 'l3-cache'",
                .guest(cpu: "<cpu mode='host-passthrough'><feature policy='disable' name='↓l3-cache'/></cpu>")),
            .bad(
                "QEMU's way to turn a feature off", finds: "libvirt does not know the CPU feature '-vmx'",
                .guest(cpu: "<cpu mode='host-model'><feature policy='require' name='↓-vmx'/></cpu>")),
            .bad(
                "a feature of another architecture",
                finds: "vmx is a feature of x86 processors: aarch64 guests cannot have it, and do not start",
                .guest(arch: "aarch64", cpu: "<cpu mode='host-passthrough'><feature policy='require' name='↓vmx'/></cpu>")),
            .good(
                "libvirt's name",
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Penryn</model>
                      <feature policy='require' name='sse4.2'/>
                    </cpu>
                    """)),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, !cpu.features.isEmpty, inspection.guest.isManaged else { return }
            guard inspection.guest.isX86 else { return reportX86Features(of: cpu, inspection) }
            let map = inspection.knowledge.x86
            var listed: Set<String>?
            for feature in cpu.features {
                guard let text = feature.name, !text.isEmpty else { continue }
                let name = inspection.domain[text]
                if map.feature(named: name) != nil { continue }
                // The search is much slower than the look-up, so it is left out for findings that nobody will see.
                let word = ForeignWord.feature(name) { map.feature(named: $0) != nil }
                let nearest = inspection.isWanted(.error) && word == nil ? map.nearestFeature(to: name) : nil
                if listed == nil { listed = Set(cpu.features.compactMap { inspection.domain[$0.name] }) }
                // If the correct name is listed already, or by the fix of another line, this fix would list it twice.
                let isAlias = nearest.map { map.isOtherName(name, of: $0) && listed!.insert($0).inserted } ?? false
                inspection.report(
                    at: text.span,
                    "libvirt does not know the CPU feature \(quoted(name))\(didYouMean(nearest))",
                    notes: [inspection.knowledge.searched], help: word, edits: isAlias ? [Edit(text.span, nearest!)] : [])
            }
        })
}

/// Reports features of x86 in a guest of another architecture: an Arm guest fails to start with "unknown CPU feature"
/// from libvirt, and an s390x guest with "Property not found" from QEMU (tried with libvirt 9.0 and QEMU 7.2).
private func reportX86Features(of cpu: CPU, _ inspection: Inspection) {
    let family = inspection.guest.architecture.family
    guard family == .arm || family == .arm64 || family == .s390 else { return }
    for feature in cpu.features {
        // The one name that x86 and s390x have in common.
        guard let text = feature.name, !text.isEmpty, family != .s390 || !inspection.domain.is(text, "ibs") else { continue }
        let name = inspection.domain[text]
        if inspection.knowledge.x86.feature(named: name) == nil { continue }
        inspection.report(
            at: text.span, "\(name) is a feature of x86 processors: \(inspection.guest.architecture) guests cannot have it, and do not start",
            help: "remove the line", edits: inspection.removal(of: feature))
    }
}

extension X86Map {
    /// Whether a name is another spelling of a feature: an alias, or the same name with other separators or case.
    fileprivate func isOtherName(_ name: String, of feature: String) -> Bool {
        func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
        return featureName(fromQEMU: name) == feature || plain(name) == plain(feature)
    }
}
