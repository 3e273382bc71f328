import ArgumentParser
import Lint

/// `virt-cpu explain [RULE]`.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explain a rule, with examples; without one, list them all.")

    @Argument(help: ArgumentHelp("A rule's id.", valueName: "rule"))
    var rule: String?

    @Option(name: .long, help: "How it is printed: text or markdown; as Markdown, all rules are explained at once.")
    var format = Format.text

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown }

    func validate() throws {
        if let rule, Rule.named(rule) == nil { throw ValidationError(Rule.unknown(rule)) }
    }

    func run() {
        let rule = rule.flatMap { Rule.named($0) }
        switch format {
        case .text: StandardOutput.write(rule.map(text) ?? list)
        case .markdown: StandardOutput.write((rule.map { [$0] } ?? Rule.all).map(markdown).joined(separator: "\n"))
        }
    }

    private var list: String {
        let width = Rule.ids.map(\.count).max() ?? 0
        return Rule.all.map { rule in
            let id = rule.id + String(repeating: " ", count: width - rule.id.count)
            return "\(id)  \(rule.severity.rawValue)\(rule.severity == .warning ? "" : rule.severity == .error ? "  " : "   ")  \(rule.summary)\n"
        }.joined()
    }

    private func text(_ rule: Rule) -> String {
        var text = "\(rule.id) (\(rule.severity.rawValue)): \(rule.summary)\n\n\(wrapped(rule.explanation))\n"
        for example in rule.examples {
            text += "\n\(example.isBad ? "Bad" : "Good"): \(example.title)\(setting(of: example))\n\n"
            if let before = example.before { text += "\(indented(before))\n  becomes\n\n" }
            text += indented(example.xml)
        }
        for host in hosts(of: rule) { text += "\nHost \(host.file):\n\n\(indented(host.xml))" }
        return text
    }

    private func markdown(_ rule: Rule) -> String {
        func block(_ xml: String) -> String { "```xml\n\(xml)\(xml.hasSuffix("\n") ? "" : "\n")```\n" }
        var text = "## \(rule.id)\n\n*\(rule.severity.rawValue)*: \(escaped(rule.summary))\n\n\(escaped(rule.explanation))\n"
        for example in rule.examples {
            text += "\n**\(example.isBad ? "Bad" : "Good")**: \(escaped(example.title + setting(of: example)))\n\n"
            if let before = example.before { text += "\(block(before))\nbecomes\n\n" }
            text += block(example.xml)
        }
        for host in hosts(of: rule) { text += "\nHost `\(host.file)`:\n\n\(block(host.xml))" }
        return text
    }

    /// Markdown takes `<cpu>` for HTML, and shows nothing. In code it stands as it is.
    private func escaped(_ text: String) -> String {
        var isCode = false
        return text.map { character in
            if character == "`" { isCode.toggle() }
            return character == "<" && !isCode ? "\\<" : String(character)
        }.joined()
    }

    /// The policy and the hosts of an example, in parentheses; empty for the ordinary ones.
    private func setting(of example: Rule.Example) -> String {
        var settings = example.policy == "default: keep" ? [] : ["policy: \(example.policy)"]
        if !example.hosts.isEmpty { settings.append("on \(example.hosts.map(\.file).joined(separator: ", "))") }
        return settings.isEmpty ? "" : " (\(settings.joined(separator: "; ")))"
    }

    /// Each host once, in the order of the examples.
    private func hosts(of rule: Rule) -> [Rule.Example.HostDocument] {
        rule.examples.flatMap(\.hosts).reduce(into: []) { hosts, host in
            if !hosts.contains(where: { $0.file == host.file && $0.xml == host.xml }) { hosts.append(host) }
        }
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n").map { "    \($0)\n" }.joined()
    }

    /// Paragraphs at 80 columns.
    private func wrapped(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { paragraph in
            var lines = [""]
            for word in paragraph.split(separator: " ") {
                if lines[lines.count - 1].count + word.count + 1 > 80 { lines.append("") }
                lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
            }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
