import ArgumentParser
import Lint
import Reports
import Work

/// `virt-cpu explain [RULE]`.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a rule with examples, or list rules: those of a tag, those about a word, or all.")

    @Argument(
        help: ArgumentHelp(
            "The id of a rule, a tag (windows or tag:windows), or words to look for in ids, summaries and explanations.",
            valueName: "rule"),
        completion: .custom { _, _, _ in CompletionWords.explained })
    var words: [String] = []

    @Option(
        name: .long,
        help: "Output format: text, markdown or json (one array); without a rule, markdown explains all of them.")
    var format = Format.text

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown, json }

    func validate() throws { _ = try search() }

    func run() throws {
        let found = try search()
        let text = switch (format, found) {
        case (.text, .rule(let rule)): RulePage(rule, width: min(Channels.standard.outputWidth ?? 80, 80)).text
        case (.text, .rules(let rules)): RuleList.text(rules)
        case (.markdown, _): found.all.map { RulePage($0).markdown }.joined(separator: "\n")
        case (.json, _): RuleList.json(found.all)
        }
        try format == .text ? Channels.standard.printProse(text) : Channels.standard.print(text)
    }

    private func search() throws -> RuleSearch {
        if words.isEmpty { return .rules(Rule.all) }
        do {
            return try RuleSearch(words)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
