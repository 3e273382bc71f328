import Glibc
import Lint
import Reports
import SystemPackage

/// Where the answer to a question about a fleet goes, and in which form.
package struct FleetOutput {
    package enum Format: String, JSONFormat, Sendable, CaseIterable {
        case text, json
        case jsonLines = "json-lines"
        case html
    }

    private let topic: FleetTopic
    private let format: Format
    private let channels: Channels
    private var file: ReportFile?

    /// - Parameters:
    ///   - format: nil for the page of a report that goes to a file or a pipe, and text otherwise.
    ///   - file: replaced whole at the end; nil for the output channel.
    /// - Throws: `IOFailure` for a file that cannot be written.
    package init(_ topic: FleetTopic, _ format: Format?, file: FilePath?, _ channels: Channels = .standard) throws {
        self.topic = topic
        self.channels = channels
        self.format = format ?? (topic == .report && (file != nil || isatty(channels.output) == 0) ? .html : .text)
        self.file = try file.map { try ReportFile($0) }
    }

    /// Prints the answer that `find` finds, and which hosts did not answer. An error that `find` throws is a part of what goes to
    /// the output channel.
    ///
    /// - Throws: `ExitStatus.failed` where a host did not answer.
    package func print(_ find: () throws -> FleetAnswer) throws {
        guard var file else {
            return try channels.answer(format.json) { answer in
                let found = try find()
                try answer.add(text: text(found), [found.json])
                try answer.add(found.failures)
            }
        }
        let found = try find()
        file.write(text(found))
        try file.finish()
        found.failures.forEach { channels.complain(shown($0)) }
        if !found.failures.isEmpty { throw ExitStatus.failed }
    }

    private func text(_ answer: FleetAnswer) -> String {
        if let json = format.json { return json.text(of: [answer.json] + answer.failures.map { JSONValue(ReportedFailure($0).problem) }) }
        return format == .html ? FleetPage.html(answer.json) : answer.text
    }
}
