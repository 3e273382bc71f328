extension Rule {
    static let missingMitigation = Rule(
        id: "missing-mitigation",
        severity: .warning,
        worst: .warning,
        tags: [.security],
        needs: [.hosts, .model],
        summary: "the CPU lacks controls against speculative execution attacks that all hosts offer",
        explanation: """
            A guest can protect itself against Spectre, speculative store bypass, MDS and later attacks only with the \
            controls that its CPU has. Most models have few of them, because they are older than the attacks. The \
            finding names only controls that every host offers, so that a guest with them still runs on every host, and \
            for each control what it guards against, since when it is known, and what it costs where that is known. A \
            Windows guest sees another CPU with them.

            A control is not needed on a processor that is not affected. The guest has to see that, too: otherwise it may \
            protect itself for nothing. Such features are a note, if what they spare is known.

            The target `host-model-only` adds all of this. Nothing is reported if the policy's default for the guest is \
            `host-model-only,secure=off`.

            \(SecurityFact.all.map(\.paragraph).joined(separator: "\n\n"))
            """,
        examples: [
            .bad(
                "a model that is older than the attacks",
                finds: "the host supports spec-ctrl, stibp, ssbd, but the guest does not enable them",
                hosts: [.haswellCapabilities],
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓Haswell-noTSX</model></cpu>")),
            .bad(
                "hosts that are not affected, which the guest does not see",
                finds: "the host supports rdctl-no, mds-no, which spare the guest work, but the guest does not enable them",
                hosts: [.notAffected],
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>↓Skylake-Server-noTSX-IBRS</model>
                      <feature policy='require' name='ssbd'/>
                      <feature policy='require' name='stibp'/>
                    </cpu>
                    """)),
            .good(
                "all controls that the host offers", hosts: [.haswellCapabilities],
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Haswell-noTSX-IBRS</model>
                      <feature policy='require' name='ssbd'/>
                      <feature policy='require' name='stibp'/>
                    </cpu>
                    """)),
            .good(
                "the policy orders the plain model", policy: "default: host-model-only,secure=off", hosts: [.haswellCapabilities],
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX-IBRS</model></cpu>")),
            .good(
                "controls that are deliberately disabled", hosts: [.haswellCapabilities],
                .guest(cpu: """
                    <cpu mode='custom' match='exact'>
                      <model fallback='forbid'>Haswell-noTSX-IBRS</model>
                      <feature policy='disable' name='ssbd'/>
                      <feature policy='disable' name='stibp'/>
                    </cpu>
                    """)),
        ],
        check: { inspection in
            guard inspection.guest.hypervisor == .hardware, inspection.guest.isX86, inspection.target != .plainModel,
                let element = inspection.cpu?.model?.name, let question = inspection.hostAnswer?.question,
                question.cpu.mode == .custom, question.cpu.model != nil,
                // The rule hypervisor-default reports guests with a basic CPU: they need another model, not more features.
                !isHypervisorDefault(inspection.cpu, inspection.guest), basicModel(of: inspection.guest) == nil,
                let search = inspection.startCheck.mitigations(question)
            else { return }
            let isControl = !search.controls.isEmpty
            let open = isControl ? search.controls : search.reliefs
            guard !open.isEmpty else { return }
            // Under check='full', the list is what QEMU gave a running guest.
            if !isControl, inspection.cpu?.check?.value == .full { return }
            // A control that no host starts the guest with is nothing that the operator can do.
            let addable = search.addable(open, on: inspection.startCheck)
            let isMild = search.isForOldKernelsOnly || addable.isEmpty
            let spares = ", which spare\(open.count == 1 ? "s" : "") the guest work"
            let number = inspection.startCheck.hosts.count, support = number == 1 ? "supports" : "support"
            let what = open.map(\.name).joined(separator: ", ") + (isControl ? "" : spares)
            inspection.report(
                at: element.text.span, as: isControl && !isMild ? nil : .note,
                "\(allHosts(number)) \(support) \(what), but the guest does not enable \(open.count == 1 ? "it" : "them")",
                notes: open.map(\.line) + (isControl && !search.reliefs.isEmpty ? ["\(allHosts(number)) also \(support) \(listing(search.reliefs.map(\.name))), which would spare the guest work"] : []),
                help: help(search.lines(for: addable), leaving: open.filter { one in !addable.contains { $0.name == one.name } }, number))
        })

    /// The features to add, and those that prevent a start.
    private static func help(_ names: [String], leaving others: [MitigationSearch.Open], _ number: Int) -> String {
        let add = "add " + names.map { "<feature policy='require' name='\($0)'/>" }.joined()
        guard !others.isEmpty else { return add }
        let why = "with \(listing(others.map(\.name))), \(number == 1 ? "the host would not" : "not every host would") start the guest"
        return names.isEmpty
            ? "choose another model if the guest needs this: \(why)" : "\(add); \(why)"
    }
}

extension ExampleHost {
    /// A Cascade Lake, which is not affected by Meltdown and MDS.
    fileprivate static let notAffected = Self(
        "hv03.capabilities.xml",
        """
        <capabilities>
          <host>
            <cpu>
              <arch>x86_64</arch>
              <model>Cascadelake-Server-noTSX</model>
              <vendor>Intel</vendor>
              <signature family='6' model='85' stepping='7'/>
              <feature name='stibp'/>
              <feature name='arch-capabilities'/>
              <feature name='rdctl-no'/>
              <feature name='mds-no'/>
            </cpu>
          </host>
        </capabilities>
        """)
}
