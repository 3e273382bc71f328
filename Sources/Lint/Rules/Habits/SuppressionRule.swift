extension Rule {
    static let suppression = Rule(
        id: "suppression",
        severity: .warning,
        tags: [.habits],
        needs: .suppressions,
        summary: "a suppression comment names an unknown rule, gives no reason, or hides nothing",
        explanation: """
            A comment inside a domain suppresses the findings of some rules in this domain: `<!-- virt-cpu: ignore \
            RULE, RULE - REASON -->`. The reason follows ` - `, because an XML comment cannot contain `--`. `ignore \
            cpu-not-default` also keeps `filter` from rewriting the domain. A comment that names an unknown rule, \
            gives no reason, or no longer hides anything needs attention.
            """,
        examples: [
            .bad(
                "no reason", finds: "suppression without a reason",
                .guest(
                    comment: "↓<!-- virt-cpu: ignore host-passthrough -->", cpu: "<cpu mode='host-passthrough'/>")),
            .bad(
                "a misspelt rule",
                finds: "suppression: unknown rule 'host-pasthrough' (did you mean 'host-passthrough'?)",
                .guest(
                    comment: "↓<!-- virt-cpu: ignore host-pasthrough - GPU lab -->",
                    cpu: "<cpu mode='host-passthrough'/>")),
            .bad(
                "nothing to hide", finds: "suppression of host-passthrough hides nothing",
                .guest(
                    comment: "↓<!-- virt-cpu: ignore host-passthrough - GPU lab -->", cpu: "<cpu mode='host-model'/>")),
            .good(
                "a reason, and something to hide",
                .guest(
                    comment: "<!-- virt-cpu: ignore host-passthrough - GPU passthrough lab -->",
                    cpu: "<cpu mode='host-passthrough'/>")),
        ],
        check: { inspection in
            for suppression in inspection.suppressions {
                if let id = suppression.rules.first(where: { id in !inspection.rules.contains { $0.id == id } }) {
                    inspection.report(
                        at: suppression.span, "suppression: \(Rule.unknown(id, among: inspection.rules.map(\.id)))")
                } else if suppression.rules.isEmpty {
                    inspection.report(at: suppression.span, "suppression without a rule: name the rules to ignore")
                } else if !suppression.hasReason {
                    inspection.report(
                        at: suppression.span, "suppression without a reason",
                        help: "add it after the rules: ignore RULE - REASON")
                } else if suppression.hidden == 0, !isAboutUnseenChange(suppression, inspection) {
                    inspection.report(
                        at: suppression.span,
                        "suppression of \(suppression.rules.joined(separator: ", ")) hides nothing",
                        help: "remove the comment")
                }
            }
        })

    /// Whether a comment may hide nothing only because it names a rule about changes, and no earlier version of the
    /// guest is known.
    private static func isAboutUnseenChange(_ suppression: Suppression, _ inspection: Inspection) -> Bool {
        inspection.change == nil
            && inspection.rules.contains { $0.needs.contains(.earlier) && suppression.rules.contains($0.id) }
    }
}
