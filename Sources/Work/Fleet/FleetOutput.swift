import Glibc
import Lint
import Reports
import SystemPackage

/// Where the answer to a question about a fleet goes, and in which form.
package struct FleetOutput {
    package enum Format: String, Sendable, CaseIterable { case text, json, html }

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

    /// Prints the answer.
    package func print(
        _ fleet: FleetQuestion.Fleet, within scope: FleetQuestion.Fleet.Scope, of hosts: Set<Int>? = nil, _ whatIf: FleetWhatIf? = nil
    ) throws {
        let text = switch format {
        case .text: fleet.text(topic, within: scope, of: hosts, whatIf)
        case .json: fleet.json(topic, within: scope, of: hosts, whatIf).text + "\n"
        case .html: FleetPage.html(fleet.json(topic, within: scope, of: hosts, whatIf))
        }
        guard var file else { return try channels.print(text) }
        file.write(text)
        try file.finish()
    }
}
