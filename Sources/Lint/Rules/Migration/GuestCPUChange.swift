extension Rule {
    static let guestCPUChange = Rule(
        id: "guest-cpu-change",
        severity: .note,
        worst: .note,
        tags: [.migration],
        needs: .earlier,
        summary: "a guest sees another CPU than in the earlier version of its definition",
        explanation: """
            Compared with the earlier version of the definition (`--staged`, `--rev`, `--against`), the guest sees \
            another processor: another model or vendor, more or fewer features, or another topology. Most operating \
            systems accept any processor, but software that was built or licensed for the old one may not. A feature \
            that is added can keep the guest from starting on other hosts. A feature that is removed can stop programs \
            that use it.

            On old machine types (up to version 6.0), QEMU gives guests older forms of some models: on `pc-i440fx-2.4`, \
            Haswell has another signature and lacks `abm`. So a new machine type can be such a change.

            Differences that the guest cannot see are not reported: `fallback`, `check`, another name of the same \
            model, another order of the features. For Windows guests, `windows-cpu-change` reports the change.
            """,
        examples: [
            .bad(
                "features are removed", finds: "the guest sees a different CPU: features lost: hle, rtm",
                before: .guest(machine: "pc-q35-7.2", cpu: "<cpu><model>Skylake-Server</model></cpu>"),
                .guest(
                    machine: "pc-q35-7.2",
                    cpu: """
                        ↓<cpu>
                          <model>Skylake-Server</model>
                          <feature policy='disable' name='hle'/>
                          <feature policy='disable' name='rtm'/>
                        </cpu>
                        """)),
            .bad(
                "the default CPU is another one on a newer machine type",
                finds: "the guest sees a different CPU: machine type: pc-i440fx-6.0 → pc-i440fx-7.2",
                before: .guest(machine: "pc-i440fx-6.0"), .guest(machine: "↓pc-i440fx-7.2")),
            .good(
                "another order, and a feature that the model has anyway",
                before: .guest(
                    machine: "pc-q35-7.2",
                    cpu: """
                        <cpu>
                          <model>Haswell</model>
                          <feature policy='disable' name='hle'/>
                          <feature policy='disable' name='rtm'/>
                        </cpu>
                        """),
                .guest(
                    machine: "pc-q35-7.2",
                    cpu: """
                        <cpu>
                          <model>Haswell</model>
                          <feature policy='disable' name='rtm'/>
                          <feature policy='disable' name='hle'/>
                          <feature policy='require' name='f16c'/>
                        </cpu>
                        """)),
            .good(
                "another machine type, on which the model is the same",
                before: .guest(machine: "pc-i440fx-6.2", cpu: "<cpu><model>Haswell</model></cpu>"),
                .guest(machine: "pc-i440fx-7.2", cpu: "<cpu><model>Haswell</model></cpu>")),
        ],
        check: { inspection in
            guard let change = inspection.change, !change.what.isNone, inspection.windowsThenOrNow == nil else {
                return
            }
            let items = change.what.items, doubts = change.what.doubts
            inspection.report(
                at: inspection.place(of: items.first?.aspect),
                items.first.map { "the guest sees a different CPU: \($0)" }
                    ?? "the guest may see a different CPU: \(doubts[0])",
                notes: items.dropFirst().map(\.description) + doubts.dropFirst(items.isEmpty ? 1 : 0)
                    + ["earlier version: \(change.file)"])
        })
}
