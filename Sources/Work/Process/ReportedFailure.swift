import DomainXML
import Hosts
import Lint
import Reports

/// Something that could not be done: as a line for a person, and for reports.
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
        case let error as HostError:
            let isFile = HostPattern(spec: error.file, line: 0, column: 0).kind == .files
            let position = error.line > 0 ? SourcePosition(line: error.line, column: max(error.column, 1)) : nil
            problem = Problem(file: isFile ? error.file : file, position: position, message: isFile ? error.message : text)
        case let error as CPUMapError:
            let position = error.line > 0 ? SourcePosition(line: error.line, column: 1) : nil
            problem = Problem(file: error.file, position: position, message: error.message)
        default: problem = Problem(file: file, message: printable("\(error)"))
        }
    }

    init(text: String, _ problem: Problem) {
        self.text = text
        self.problem = problem
    }
}
