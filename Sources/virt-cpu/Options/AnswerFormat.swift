import ArgumentParser
import Reports

/// The words of `--format` of a command that answers a question.
enum AnswerFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
    case jsonLines = "json-lines"

    /// The words for programs, in the help of every command.
    static let forPrograms = "json (one array), json-lines (one object per line)"
    static let help: ArgumentHelp = "Output format: text, \(forPrograms)."
}

extension RawRepresentable<String> {
    /// How the objects of an answer are printed; nil for a format that is not JSON.
    var json: JSONForm? { JSONForm(rawValue: rawValue) }
}
