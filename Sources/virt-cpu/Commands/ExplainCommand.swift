import ArgumentParser
import Lint
import Reports
import Work

/// `virt-cpu explain [RULE]`.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a rule with examples, or list all rules.")

    @Argument(help: ArgumentHelp("The id of a rule.", valueName: "rule"))
    var rule: String?

    @Option(name: .long, help: "Output format: text or markdown; without a rule, markdown explains all of them.")
    var format = Format.text

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown }

    func validate() throws {
        if let rule, Rule.named(rule) == nil { throw ValidationError(Rule.unknown(rule)) }
    }

    func run() throws {
        let named = rule.flatMap { Rule.named($0) }
        let text = switch format {
        case .text: named.map { RulePage($0).text } ?? RuleList.text(Rule.all)
        case .markdown: (named.map { [$0] } ?? Rule.all).map { RulePage($0).markdown }.joined(separator: "\n")
        }
        try Channels.standard.print(text)
    }
}
