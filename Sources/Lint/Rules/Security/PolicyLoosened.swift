extension Rule {
    static let policyLoosened = Rule(
        id: "policy-loosened",
        severity: .warning,
        tags: [.security],
        summary: "a policy is weaker than the one before it",
        explanation: """
            Whoever may change the policy of a repository can switch a rule off in one push and break it in the next. The \
            push that changes the policy is still judged by the policy before it, and this rule says what the new one asks \
            less, where it says so, and in which commits, by whom, the files were changed. It compares policies between two \
            versions in git: in `hook pre-receive`, `hook pre-commit`, `check --staged` and `check --rev REV --against REV`.

            A policy is weaker if a rule is off or less severe; if `exclude` leaves out more, or `include` takes in less; if \
            `windows` lets more guests get another CPU (`keep` and `pin`, then `pin-anyway`, then `rewrite`); if `default` fixes \
            less of the CPU (a CPU written out, then `host-model`, then `host-passthrough`, `maximum` and `hv-default`, then \
            `keep` or none); if hosts or clusters are taken away, or can no longer be read; if guests no longer migrate, or `libvirt` is a later \
            release (if it is not stated, an old one is assumed); and if an entry of `guests` does one of these for its guests. Policies are compared as they apply to a directory, with \
            what they extend and with their profile, so a nearer policy that takes the place of a stricter one is found, too. \
            Values that have no order, such as another CPU model, are not weaker, and neither is the content of a host file.

            The severity is that of the policy before. `policy-loosened: error` makes a server refuse such a push, including one \
            that changes this setting; then the server's administrator lets it in with `--rule policy-loosened=warning`.
            """,
        examples: [
            .weaker(
                "a rule is switched off", finds: "the policy is weaker than before: rule host-passthrough: error → off",
                before: "default: keep\nrules:\n  host-passthrough: error\n", "default: keep\nrules:\n  ↓host-passthrough: off\n"),
            .weaker(
                "an exception takes guests from a stricter one",
                finds: "the policy is weaker than before for some guests (name: db-*): windows: keep → rewrite",
                before: "guests: []\n", "guests:\n  - ↓match: {name: \"db-*\"}\n    windows: rewrite\n"),
            .weaker(
                "definitions are left out", finds: "the policy is weaker than before: exclude: leaves out more definitions (lab/)",
                before: "exclude: [archive/]\n", "↓exclude: [archive/, lab/]\n"),
            .notWeaker(
                "a rule becomes stricter, and a profile states what the policy did",
                before: "migration: true\ndefault: host-model-only\n", "profile: cluster\nrules: {host-passthrough: error}\n"),
        ],
        checkPolicy: { inspection in
            for loosening in inspection.comparison.loosenings {
                let guests = loosening.guests.isEmpty ? "" : " for some guests (\(loosening.guests))"
                inspection.report(
                    at: loosening.place, "the policy is weaker than before\(guests): \(loosening.text)",
                    help: "if this is not intended, restore the earlier policy: on a server, the new one applies from the next push on")
            }
            if let failure = inspection.comparison.hostFailure {
                inspection.report(
                    at: .key("hosts"), "the policy's hosts cannot be read, so they cannot be compared with those before: \(failure)",
                    help: "restore the host files that the policy names, or name others in hosts:")
            }
        })
}
