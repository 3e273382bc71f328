import DomainXML

extension Rule {
    static let duplicateFeature = Rule(
        id: "duplicate-feature",
        severity: .error,
        needs: .features,
        summary: "a feature is listed twice: libvirt refuses the definition",
        explanation: """
            libvirt refuses a `<cpu>` that names a feature twice, even with the same policy. It compares the names as \
            they are written: `sse4.1` and `sse4_1` are two names to it (and the second is an unknown feature).
            """,
        examples: [
            .bad(
                "twice the same",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom'>
                    <model>Haswell</model>
                    <feature policy='require' name='pcid'/>
                    <feature policy='require' name='pcid'/>
                  </cpu>
                </domain>
                """),
            .bad(
                "and with two policies, nobody can tell which is meant",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'>
                    <feature policy='require' name='vmx'/>
                    <feature policy='disable' name='vmx'/>
                  </cpu>
                </domain>
                """),
            .good(
                "two spellings are two names",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom'>
                    <model>Penryn</model>
                    <feature policy='require' name='sse4.1'/>
                    <feature policy='disable' name='sse4_1'/>
                  </cpu>
                </domain>
                """),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, cpu.features.count > 1 else { return }
            let domain = inspection.domain
            // A map from name to first place: comparing each with each would take a stranger's million features
            // a day.
            var first: [String: Int] = [:]
            for (index, feature) in cpu.features.enumerated() {
                guard let name = domain[feature.name], !name.isEmpty else { continue }
                guard let earlier = first[name] else {
                    first[name] = index
                    continue
                }
                let same = cpu.features[earlier].effectivePolicy == feature.effectivePolicy
                let place = inspection.guest.document.position(of: cpu.features[earlier].element.span.start)
                inspection.report(
                    at: feature.element.span, "feature \(quoted(name)) is listed more than once",
                    notes: ["first in line \(place.line)"],
                    help: same ? "remove it" : "the two policies differ: remove the one that is not meant",
                    edits: same ? removal(of: feature, from: cpu, in: inspection.guest.document) : [])
            }
        })
}
