import Lint

/// All that there is to read about one rule: its explanation, its examples, and the hosts of the examples.
package struct RulePage {
    private let rule: Rule
    private let homepage: String?
    private let width: Int

    /// - Parameters:
    ///   - width: of the lines of prose in `text`.
    ///   - homepage: the address of the project; nil if there is none.
    package init(_ rule: Rule, width: Int = 80, homepage: String? = Program.homepage) {
        self.rule = rule
        self.width = width
        self.homepage = homepage
    }

    package var text: String {
        var text =
            "\(rule.id) (\(rule.severity.rawValue)): \(rule.summary)\n\n\(wrapped(rule.explanation, to: width))\n\nTags: \(tags)\n"
        if let page = Program.page(of: rule.id, below: homepage) { text += "Page: \(page)\n" }
        text += "\n\(silencing)"
        for example in rule.examples {
            text += "\n\(example.isBad ? "Bad" : "Good"): \(example.title)\(setting(of: example))\n\n"
            if let before = example.before { text += "\(indented(before))\n  becomes\n\n" }
            text += indented(example.xml)
            if let finding = example.finding { text += "\n  finds: \(finding.message)\n" }
        }
        for host in hosts { text += "\nHost \(host.file):\n\n\(indented(host.xml))" }
        return text
    }

    /// How to silence the rule, with commands.
    private var silencing: String {
        var lines = [("in one run", "virt-cpu check --rule \(rule.id)=off"), ("by the policy", "rules: {\(rule.id): off}")]
        if rule.canBeSuppressed {
            lines.append(("in one guest", "<!-- virt-cpu: ignore \(rule.id) - REASON -->"))
            lines.append(("or let it write that", "virt-cpu check --add-ignore \(rule.id) --reason REASON FILE"))
        }
        return "To silence it:\n" + labelled(lines)
    }

    package var markdown: String {
        var text = "## \(rule.id)\n\n*\(rule.severity.rawValue)*, \(tags): \(MarkdownText.prose(rule.summary))\n\n"
        text += MarkdownText.prose(rule.explanation) + "\n"
        for example in rule.examples {
            text +=
                "\n**\(example.isBad ? "Bad" : "Good")**: "
                    + "\(MarkdownText.prose(example.title + setting(of: example)))\n\n"
            let language = example.isPolicy ? "yaml" : "xml"
            if let before = example.before { text += "\(MarkdownText.block(before, language))\nbecomes\n\n" }
            text += MarkdownText.block(example.xml, language)
            if let finding = example.finding { text += "\nFinds: \(MarkdownText.prose(finding.message))\n" }
        }
        for host in hosts { text += "\nHost `\(host.file)`:\n\n\(MarkdownText.block(xml: host.xml))" }
        return text
    }

    private var tags: String { rule.tagsInOrder.map(\.rawValue).joined(separator: ", ") }

    /// The policy and the hosts of an example, in parentheses; empty when it has neither.
    private func setting(of example: RuleExample) -> String {
        var settings = example.policy == "default: keep" ? [] : ["policy: \(example.policy)"]
        if !example.hosts.isEmpty { settings.append("on \(example.hosts.map(\.file).joined(separator: ", "))") }
        return settings.isEmpty ? "" : " (\(settings.joined(separator: "; ")))"
    }

    /// Each host once, in the order of the examples.
    private var hosts: [ExampleHost] {
        rule.examples.flatMap(\.hosts).reduce(into: []) { hosts, host in
            if !hosts.contains(where: { $0.file == host.file && $0.xml == host.xml }) { hosts.append(host) }
        }
    }
}
