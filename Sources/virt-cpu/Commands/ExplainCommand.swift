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
        help: "Output format: text, \(AnswerFormat.forPrograms), or markdown; without a rule, markdown explains all of them.")
    var format = Format.text

    enum Format: String, JSONFormat, ExpressibleByArgument, CaseIterable { case text, markdown, json, jsonLines = "json-lines" }

    func validate() throws { _ = try search() }

    func run() throws {
        let found = try search()
        try Channels.standard.answer(format.json) { answer in
            if format == .markdown { return try answer.add(text: found.all.map { RulePage($0).markdown }.joined(separator: "\n"), []) }
            switch found {
            case .rule(let rule):
                let page = RulePage(rule, width: min(Channels.standard.outputWidth ?? 80, 80))
                try answer.add(prose: page.text, RuleList.json([rule]))
            case .rules(let rules): try answer.add(prose: RuleList.text(rules), RuleList.json(rules))
            }
        }
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
