import ArgumentParser
import Reports

/// The words of `--format` of a command that answers a question.
enum AnswerFormat: String, JSONFormat, ExpressibleByArgument, CaseIterable {
    case text, json
    case jsonLines = "json-lines"

    /// The words for programs, in the help of every command.
    static let forPrograms = "json (one array), json-lines (one object per line)"
    static let help: ArgumentHelp = "Output format: text, \(forPrograms)."
}
