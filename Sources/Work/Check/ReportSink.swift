import Lint
import Reports
import SystemPackage

/// One of the reports of a check: a format, and where it goes.
struct ReportSink {
    private let format: ReportFormat
    /// For inputs that are files of their own.
    private let reporter: any Reporter
    /// For an input with many domains.
    private let streamReporter: any Reporter
    private var destination: Destination
    private var frame: ReportFrame

    private enum Destination {
        case output(OutputStream)
        /// With `--diff` the output channel is for the diff.
        case errors(Channels)
        case file(ReportFile)
    }

    /// The report for the output channel; with `--diff` it goes to the error channel.
    init(_ settings: Settings, _ mode: CheckMode, _ channels: Channels, _ output: OutputStream) {
        format = settings.format
        let descriptor = mode == .diff ? channels.errors : channels.output
        reporter = settings.reporter(on: descriptor, namesDomains: false)
        streamReporter = settings.reporter(on: descriptor, namesDomains: true)
        frame = ReportFrame(reporter)
        destination = mode == .diff ? .errors(channels) : .output(output)
    }

    /// A report for a file.
    init(_ request: ReportRequest) throws {
        format = request.format
        reporter = format.reporter(isColored: false, namesDomains: false)
        streamReporter = format.reporter(isColored: false, namesDomains: true)
        frame = ReportFrame(reporter)
        destination = .file(try ReportFile(request.file))
    }

    /// The text of an input's findings; empty if there are none. Any thread can ask for it.
    static func formatter(_ sink: ReportSink) -> @Sendable (_ findings: [Finding], _ input: InputFile) -> String {
        let (reporter, streamReporter) = (sink.reporter, sink.streamReporter)
        return { findings, input in
            findings.isEmpty ? "" : (input.isStream ? streamReporter : reporter).lines(for: findings, in: input.name)
        }
    }

    /// Adds what a formatter has made.
    mutating func add(_ text: String) throws {
        if !text.isEmpty { try write(frame.adding(text)) }
    }

    /// Adds something that could not be judged. A person reads it on the error channel instead.
    mutating func add(_ problem: Problem) throws {
        if format.isText { return }
        var problem = problem
        // Services know the files of a repository by their paths in it.
        problem.file = problem.file.map { FoundPolicy.shown(FilePath($0)) }
        try write(frame.adding(problem))
    }

    /// Ends the report.
    ///
    /// - Parameter table: text that belongs behind it.
    mutating func finish(_ table: String = "") throws {
        try write(frame.closing + table)
        if case .file(let file) = destination { try file.finish() }
    }

    private mutating func write(_ text: String) throws {
        switch destination {
        case .output(let stream): try stream.write(text)
        case .errors(let channels): channels.sendErrors(text)
        case .file(var file):
            destination = .errors(.standard)
            file.write(text)
            destination = .file(file)
        }
    }
}
