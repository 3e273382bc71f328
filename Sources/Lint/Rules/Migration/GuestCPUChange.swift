extension Rule {
    static let guestCPUChange = Rule(
        id: "guest-cpu-change",
        severity: .note,
        needs: .earlier,
        summary: "a guest sees another CPU than in the earlier version of its definition",
        explanation: """
            Against the earlier version of the definition (`--staged`, `--rev`, `--against`), the guest sees another \
            processor: another model or vendor, features gained or lost, another topology. Most systems take what they \
            find; software that was built or licensed for the old one does not. A feature gained can keep the guest from \
            starting on other hosts, a feature lost can stop programs that use it.

            What the guest cannot see is no change: `fallback`, `check`, another name of the same model, the order of \
            features. For Windows guests this is `windows-cpu-change`.
            """,
        examples: [
            .bad(
                "features are lost",
                before: """
                    <domain type='kvm'>
                      <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                      <cpu><model>Skylake-Server</model></cpu>
                    </domain>
                    """,
                """
                <domain type='kvm'>
                  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                  <cpu>
                    <model>Skylake-Server</model>
                    <feature policy='disable' name='hle'/>
                    <feature policy='disable' name='rtm'/>
                  </cpu>
                </domain>
                """),
            .bad(
                "the default CPU follows the machine type",
                before: """
                    <domain type='kvm'>
                      <os><type arch='x86_64' machine='pc-i440fx-6.2'>hvm</type></os>
                    </domain>
                    """,
                """
                <domain type='kvm'>
                  <os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>
                </domain>
                """),
            .good(
                "another order of features, and one that the model has anyway",
                before: """
                    <domain type='kvm'>
                      <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                      <cpu>
                        <model>Haswell</model>
                        <feature policy='disable' name='hle'/>
                        <feature policy='disable' name='rtm'/>
                      </cpu>
                    </domain>
                    """,
                """
                <domain type='kvm'>
                  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
                  <cpu>
                    <model>Haswell</model>
                    <feature policy='disable' name='rtm'/>
                    <feature policy='disable' name='hle'/>
                    <feature policy='require' name='f16c'/>
                  </cpu>
                </domain>
                """),
            .good(
                "a machine type under a CPU that is named",
                before: """
                    <domain type='kvm'>
                      <os><type arch='x86_64' machine='pc-i440fx-6.2'>hvm</type></os>
                      <cpu><model>Haswell</model></cpu>
                    </domain>
                    """,
                """
                <domain type='kvm'>
                  <os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>
                  <cpu><model>Haswell</model></cpu>
                </domain>
                """),
        ],
        check: { inspection in
            guard let change = inspection.change, !change.what.isNone, inspection.windowsThenOrNow == nil else { return }
            let items = change.what.items, doubts = change.what.doubts
            inspection.report(
                at: inspection.place(of: items.first?.aspect),
                items.first.map { "the CPU that the guest sees changed: \($0)" }
                    ?? "the CPU that the guest sees may be another: \(doubts[0])",
                notes: items.dropFirst().map(\.description) + doubts.dropFirst(items.isEmpty ? 1 : 0)
                    + ["earlier version: \(change.file)"])
        })
}
