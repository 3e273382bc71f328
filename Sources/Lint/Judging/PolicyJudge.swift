/// Judges a policy that takes the place of another one.
public enum PolicyJudge {
    /// The findings of the rules about policies, by the settings of the earlier policy: the new one cannot switch them off.
    ///
    /// - Parameters:
    ///   - old: the policy that applied before.
    ///   - new: the policy that takes its place.
    ///   - hostFailure: why the hosts of the new policy cannot be read, although those of the earlier one can; nil if all hosts are
    ///     given, or none.
    ///   - overrides: the settings of the command line.
    ///   - rules: those that policies can set; only the ones about policies are run.
    /// - Returns: the findings, each with the index of the new policy's document that it is in. If there is no new policy,
    ///   they are in the first document of the old one.
    public static func findings(
        from old: EffectivePolicy, to new: EffectivePolicy, hostFailure: String? = nil, overrides: Overrides = Overrides(), rules: [Rule] = Rule.all
    ) -> [(finding: Finding, document: Int)] {
        let comparison = PolicyComparison(old: old, new: new, rules: rules, overrides: overrides, hostFailure: hostFailure)
        return rules.flatMap { rule -> [PolicyInspection.Placed] in
            guard let check = rule.checkPolicy else { return [] }
            let setting = overrides.rules.setting(forRule: rule.id, tags: rule.tags) ?? old.policy.rules.setting(forRule: rule.id, tags: rule.tags)
            if setting == .off { return [] }
            let inspection = PolicyInspection(comparison, rule, setting)
            check(inspection)
            return inspection.findings.filter { overrides.wanted.includes($0.finding.severity) }
        }
    }
}
