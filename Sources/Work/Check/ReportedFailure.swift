import DomainXML
import Lint
import Reports

/// Something that a check could not do: as a line for a person, and for reports.
struct ReportedFailure: Sendable {
    /// The whole message, safe for a terminal.
    var text: String
    var problem: Problem

    /// - Parameter file: the input that the error is about; nil if it is about none.
    init(_ error: any Error, in file: String? = nil) {
        text = shown(error)
        switch error {
        case let error as PolicyError:
            problem = Problem(
                file: error.file, position: SourcePosition(line: error.line, column: error.column), message: error.message, help: error.help)
        case let error as IOFailure:
            problem = error.problem
            problem.file = problem.file ?? file
        default: problem = Problem(file: file, message: text)
        }
    }

    init(text: String, _ problem: Problem) {
        self.text = text
        self.problem = problem
    }
}
