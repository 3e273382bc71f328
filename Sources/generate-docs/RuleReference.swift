import Lint
import Reports

/// `docs/rules.md`: every rule with its explanation and examples.
enum RuleReference {
    static func text(of rules: [Rule]) -> String {
        """
        <!-- Made by make docs from Sources/Lint/Rules: do not edit. -->
        # Rules

        A rule reports one kind of problem. `virt-cpu explain` lists the rules, `virt-cpu explain WORD` those of a
        tag or about a word, and `virt-cpu explain RULE` prints one of the sections below. Each rule has a severity:
        *error*, *warning* or *note*. Change it with `--rule ID=SEVERITY` or in a [policy](policy.md), or turn the rule
        `off`. Each example is also a test of its rule: the rule reports the bad ones and does not report the good ones.

        \(RuleTable.text(of: rules, linksToSections: true))
        \(rules.map { RulePage($0).markdown }.joined(separator: "\n"))
        """
    }
}
