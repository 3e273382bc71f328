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

            Under host-passthrough and maximum, libvirt passes the name on to QEMU, which may know it, so there the finding \
            is a warning.
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
            guard let cpu = inspection.cpu, !cpu.features.isEmpty, inspection.guest.isManaged,
                inspection.guest.isX86
            else { return }
            let map = inspection.knowledge.x86
            let isPassedOn = cpu.effectiveMode == .hostPassthrough || cpu.effectiveMode == .maximum
            let severity = isPassedOn ? Severity.warning : .error
            var listed: Set<String>?
            for feature in cpu.features {
                guard let text = feature.name, !text.isEmpty else { continue }
                let name = inspection.domain[text]
                if map.feature(named: name) != nil { continue }
                // The search is much slower than the look-up, so it is left out for findings that nobody will see.
                let nearest = inspection.isWanted(severity) ? map.nearestFeature(to: name) : nil
                if listed == nil { listed = Set(cpu.features.compactMap { inspection.domain[$0.name] }) }
                // If the correct name is listed already, the fix would list it twice.
                let isAlias = nearest.map { map.isOtherName(name, of: $0) && !listed!.contains($0) } ?? false
                inspection.report(
                    at: text.span, as: severity,
                    "libvirt does not know the CPU feature \(quoted(name))\(didYouMean(nearest))",
                    edits: isAlias ? [Edit(text.span, nearest!)] : [])
            }
        })
}

extension X86Map {
    /// Whether a name is another spelling of a feature: an alias, or the same name with other separators or case.
    fileprivate func isOtherName(_ name: String, of feature: String) -> Bool {
        func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
        return featureName(fromQEMU: name) == feature || plain(name) == plain(feature)
    }
}
