import Lint

/// `docs/rules.md`: every rule with its explanation and examples.
enum RuleReference {
    static func text(of rules: [Rule]) -> String {
        """
        <!-- Made by make docs from Sources/Lint/Rules: do not edit. -->
        # Rules

        A rule reports one kind of problem. `virt-cpu explain` lists the rules and `virt-cpu explain RULE` prints one of the
        sections below. Each rule has a severity: *error*, *warning* or *note*. Change it with `--rule ID=SEVERITY` or in a
        [policy](policy.md), or turn the rule `off`. Each example is also a test of its rule: the rule reports the bad ones and
        does not report the good ones.

        \(contents(of: rules))
        \(rules.map(section).joined(separator: "\n"))
        """
    }

    private static func contents(of rules: [Rule]) -> String {
        let rows = rules.map { rule in
            "| [`\(rule.id)`](#\(rule.id)) | \(rule.severity.rawValue) | \(MarkdownText.cell(rule.summary)) |\n"
        }
        return "| rule | severity | finds |\n|---|---|---|\n" + rows.joined()
    }

    /// One rule, under a heading that is its id.
    static func section(_ rule: Rule) -> String {
        var text = "## \(rule.id)\n\n*\(rule.severity.rawValue)*: \(MarkdownText.prose(rule.summary))\n\n"
        text += MarkdownText.prose(rule.explanation) + "\n"
        for example in rule.examples {
            let title = MarkdownText.prose(example.title + setting(of: example))
            text += "\n**\(example.isBad ? "Bad" : "Good")**: \(title)\n\n"
            if let before = example.before { text += "\(MarkdownText.block(before))\nbecomes\n\n" }
            text += MarkdownText.block(example.xml)
        }
        for host in hosts(of: rule) { text += "\nHost `\(host.file)`:\n\n\(MarkdownText.block(host.xml))" }
        return text
    }

    /// The policy and the hosts of an example, in parentheses; empty for an example that has neither.
    private static func setting(of example: Rule.Example) -> String {
        var settings = example.policy == "default: keep" ? [] : ["policy: \(example.policy)"]
        if !example.hosts.isEmpty { settings.append("on \(example.hosts.map(\.file).joined(separator: ", "))") }
        return settings.isEmpty ? "" : " (\(settings.joined(separator: "; ")))"
    }

    /// Each host of the examples once, in the examples' order.
    private static func hosts(of rule: Rule) -> [Rule.Example.HostDocument] {
        rule.examples.flatMap(\.hosts).reduce(into: []) { hosts, host in
            if !hosts.contains(where: { $0.file == host.file && $0.xml == host.xml }) { hosts.append(host) }
        }
    }
}
