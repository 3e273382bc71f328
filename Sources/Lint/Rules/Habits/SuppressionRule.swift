extension Rule {
    static let suppression = Rule(
        id: "suppression",
        severity: .warning,
        needs: .suppressions,
        summary: "a suppression comment that names no rule, gives no reason, or hides nothing",
        explanation: """
            A comment inside a domain keeps rules from speaking of it: `<!-- virt-cpu: ignore RULE, RULE - REASON -->`. \
            The reason follows ` - ` (an XML comment cannot hold `--`). `ignore cpu-not-default` also keeps `filter` \
            from rewriting the domain. A comment that names an unknown rule, gives no reason, or hides nothing any \
            more is worth a look.
            """,
        examples: [
            .bad(
                "no reason",
                """
                <domain type='kvm'>
                  <!-- virt-cpu: ignore host-passthrough -->
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-passthrough'/>
                </domain>
                """),
            .bad(
                "a slip",
                """
                <domain type='kvm'>
                  <!-- virt-cpu: ignore host-pasthrough - GPU lab -->
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-passthrough'/>
                </domain>
                """),
            .bad(
                "nothing to hide",
                """
                <domain type='kvm'>
                  <!-- virt-cpu: ignore host-passthrough - GPU lab -->
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'/>
                </domain>
                """),
            .good(
                "a reason, and something to hide",
                """
                <domain type='kvm'>
                  <!-- virt-cpu: ignore host-passthrough - GPU passthrough lab -->
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-passthrough'/>
                </domain>
                """),
        ],
        check: { inspection in
            for suppression in inspection.suppressions {
                let unknown = suppression.rules.filter { Rule.named($0) == nil }
                if let id = unknown.first {
                    inspection.report(at: suppression.span, "suppression: \(Rule.unknown(id))")
                } else if suppression.rules.isEmpty {
                    inspection.report(at: suppression.span, "suppression of no rule: name those that are meant")
                } else if suppression.reason.isEmpty {
                    inspection.report(
                        at: suppression.span, "suppression without a reason", help: "write it behind the rules: ignore RULE - REASON")
                } else if suppression.hidden == 0, !isAboutUnseenChange(suppression, inspection) {
                    inspection.report(
                        at: suppression.span, "suppression that hides nothing: \(suppression.rules.joined(separator: ", "))",
                        help: "remove the comment")
                }
            }
        })

    /// Nobody asked what the guest was before, so that rules about change could find nothing to hide.
    private static func isAboutUnseenChange(_ suppression: Suppression, _ inspection: Inspection) -> Bool {
        inspection.change == nil
            && suppression.rules.contains { Rule.named($0)?.needs.contains(.earlier) ?? false }
    }
}
