extension Rule {
    static let suppression = Rule(
        id: "suppression",
        severity: .warning,
        worst: .warning,
        tags: [.habits],
        needs: .suppressions,
        summary: "a suppression comment names an unknown rule, gives no reason, or hides nothing",
        explanation: """
            A comment inside a domain suppresses the findings of some rules in this domain: `<!-- virt-cpu: ignore \
            RULE, RULE - REASON -->`. The reason follows ` - `, because an XML comment cannot contain `--`. `ignore \
            cpu-not-default` also keeps `filter` from rewriting the domain. A comment that names an unknown rule, \
            gives no reason, or no longer hides anything needs attention. A rule about changes (`windows-cpu-change`, \
            `guest-cpu-change`) is judged only where an earlier version is compared, and one about hosts only where hosts are \
            named: elsewhere, a comment that names it is not said to hide nothing. Where a version is compared that has the \
            change already, this is a note, because a comparison with an older one may still need the comment.
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
                } else if suppression.hidden == 0, isJudged(suppression, inspection) {
                    let isAboutChange = namesRule(suppression, inspection) { $0.needs.contains(.earlier) }
                    inspection.report(
                        at: suppression.span, as: isAboutChange ? .note : nil,
                        "suppression of \(suppression.rules.joined(separator: ", ")) hides nothing"
                            + (isAboutChange ? " of what changed since the earlier version" : ""),
                        help: isAboutChange ? "remove the comment when nobody compares with a version from before the change any more"
                            : "remove the comment")
                }
            }
        })

    /// Whether the rules of a comment could have found something: those about changes only with an earlier version, those about
    /// hosts only with hosts.
    private static func isJudged(_ suppression: Suppression, _ inspection: Inspection) -> Bool {
        !namesRule(suppression, inspection) { rule in
            inspection.change == nil && rule.needs.contains(.earlier)
                || inspection.startCheck.hosts.isEmpty && rule.needs.contains(.hosts)
        }
    }

    private static func namesRule(_ suppression: Suppression, _ inspection: Inspection, where fits: (Rule) -> Bool) -> Bool {
        inspection.rules.contains { suppression.rules.contains($0.id) && fits($0) }
    }
}
