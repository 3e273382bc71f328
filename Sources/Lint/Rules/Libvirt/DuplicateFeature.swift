import DomainXML

extension Rule {
    static let duplicateFeature = Rule(
        id: "duplicate-feature",
        severity: .error,
        tags: [.libvirt],
        needs: .features,
        summary: "a feature is listed twice, so libvirt refuses the definition",
        explanation: """
            libvirt refuses a `<cpu>` that lists a feature twice, even with the same policy. It compares the names exactly: \
            `sse4.1` and `sse4_1` are two names to libvirt, and the second one is an unknown feature.
            """,
        examples: [
            .bad(
                "the same line twice", finds: "feature 'pcid' is listed more than once",
                .guest(cpu: """
                    <cpu mode='custom'>
                      <model>Haswell</model>
                      <feature policy='require' name='pcid'/>
                      ↓<feature policy='require' name='pcid'/>
                    </cpu>
                    """)),
            .bad(
                "two policies that contradict each other", finds: "feature 'vmx' is listed more than once",
                .guest(cpu: """
                    <cpu mode='host-model'>
                      <feature policy='require' name='vmx'/>
                      ↓<feature policy='disable' name='vmx'/>
                    </cpu>
                    """)),
            .good(
                "two spellings are two names",
                .guest(cpu: """
                    <cpu mode='custom'>
                      <model>Penryn</model>
                      <feature policy='require' name='sse4.1'/>
                      <feature policy='disable' name='sse4_1'/>
                    </cpu>
                    """)),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, cpu.features.count > 1 else { return }
            let domain = inspection.domain
            // A dictionary, because a hostile definition can have a million features, too many to compare each with
            // each.
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
                    notes: ["first listed in line \(place.line)"],
                    help: same ? "remove the duplicate" : "the two policies differ: remove the wrong one",
                    edits: same ? inspection.removal(of: feature) : [])
            }
        })
}
