import ArgumentParser
import Lint

/// `virt-cpu explain [RULE]`.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explain a rule, with examples; without one, list them all.")

    @Argument(help: ArgumentHelp("A rule's id.", valueName: "rule"))
    var rule: String?

    func validate() throws {
        if let rule, Rule.named(rule) == nil { throw ValidationError(Rule.unknown(rule)) }
    }

    func run() {
        StandardOutput.write(rule.flatMap { Rule.named($0) }.map(text) ?? list)
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
        var hosts: [Rule.Example.HostDocument] = []
        for example in rule.examples {
            var settings = example.policy == "default: keep" ? [] : ["policy: \(example.policy)"]
            if !example.hosts.isEmpty {
                settings.append("on \(example.hosts.map(\.file).joined(separator: ", "))")
            }
            for host in example.hosts where !hosts.contains(where: { $0.file == host.file && $0.xml == host.xml }) {
                hosts.append(host)
            }
            text += "\n\(example.isBad ? "Bad" : "Good"): \(example.title)"
            text += settings.isEmpty ? "\n\n" : " (\(settings.joined(separator: "; ")))\n\n"
            if let before = example.before { text += "\(indented(before))\n  becomes\n\n" }
            text += indented(example.xml)
        }
        for host in hosts { text += "\nHost \(host.file):\n\n\(indented(host.xml))" }
        return text
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
