/// A rule that is not switched off, with the severity that the command line or the policy states for it.
struct ActiveRule: Sendable {
    /// The rule, not reference-counted, because a judge goes through all its active rules for each guest, and would
    /// count each rule up and down. This is safe because the judge's `Terms` hold all its rules: an active rule is used
    /// only by the judge that created it.
    unowned(unsafe) let rule: Rule
    /// Nil if neither the command line nor the policy mentions the rule.
    let setting: RuleSetting?
    /// A copy of `rule.needs`. Most rules are skipped because of it, without access to the rule itself.
    let needs: Traits
    /// The worst severity that a finding can have.
    let worst: Severity

    init(_ rule: Rule, _ setting: RuleSetting?) {
        self.rule = rule
        self.setting = setting
        needs = rule.needs
        worst = setting?.severity(rule.worst) ?? rule.worst
    }
}
