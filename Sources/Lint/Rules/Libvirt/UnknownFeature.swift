import DomainXML

extension Rule {
    static let unknownFeature = Rule(
        id: "unknown-feature",
        severity: .error,
        needs: .features,
        summary: "libvirt's CPU map has no such feature: the guest does not start",
        explanation: """
            libvirt has one name for each feature, and it is often not that of `/proc/cpuinfo` or of QEMU's \
            documentation: `sse4.1`, not `sse4_1`; `pclmuldq`, not `pclmulqdq`; `invtsc`, not `constant_tsc`. `virsh \
            define` takes any name; the start then fails with "unknown CPU feature", whatever the policy.

            Under host-passthrough and maximum libvirt hands the name to QEMU, which may know it: a warning.
            """,
        examples: [
            .bad(
                "the kernel's name",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Penryn</model>
                    <feature policy='require' name='sse4_2'/>
                  </cpu>
                </domain>
                """),
            .bad(
                "nobody's name",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'><feature policy='disable' name='vxm'/></cpu>
                </domain>
                """),
            .good(
                "libvirt's name",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'>
                    <model fallback='forbid'>Penryn</model>
                    <feature policy='require' name='sse4.2'/>
                  </cpu>
                </domain>
                """),
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
                // A thousand times dearer than the look-up: not for findings that nobody will see.
                let nearest = inspection.isTold(severity) ? map.nearestFeature(to: name) : nil
                if listed == nil { listed = Set(cpu.features.compactMap { inspection.domain[$0.name] }) }
                // A right name that is there already would then be there twice.
                let isAlias = nearest.map { map.isOtherName(name, of: $0) && !listed!.contains($0) } ?? false
                inspection.report(
                    at: text.span, as: severity,
                    "libvirt knows no CPU feature \(quoted(name))\(didYouMean(nearest))",
                    edits: isAlias ? [Edit(text.span, nearest!)] : [])
            }
        })
}
