import Lint
import Reports

/// Prints the reports of the inputs in their order, whichever thread is first.
struct CheckOutput {
    private let settings: Settings
    private let channels: Channels
    private let mode: CheckMode
    private let total: Int
    private let isOfGit: Bool
    private let stream: OutputStream
    private var sinks: [ReportSink]
    private var messages = SaidOnce<String>()
    /// Reports whose turn has not come.
    private var waiting: [Int: InputReport] = [:]
    /// The input whose turn it is.
    private(set) var next = 0
    private var progress: Progress
    private var broken: IOFailure?
    private var record: KnownFindingsRecord?
    /// What the summary calls the policies by which inputs were judged.
    private var policies: Set<String> = []
    private(set) var tally = Tally()
    /// A finding counts: the exit status is 1.
    private(set) var isCounted = false
    private(set) var hasFailed = false

    init(_ settings: Settings, _ mode: CheckMode, total: Int, isOfGit: Bool, _ record: KnownFindingsRecord?, _ channels: Channels) throws {
        self.record = record
        self.settings = settings
        self.channels = channels
        self.mode = mode
        self.total = total
        self.isOfGit = isOfGit
        stream = OutputStream(channels.output)
        let first = try settings.outputFile.map { try ReportSink(ReportRequest(settings.format, $0)) }
            ?? ReportSink(settings, mode, channels, stream)
        sinks = [first] + (try settings.reports.map { try ReportSink($0) })
        progress = Progress(channels, isShown: !settings.isQuiet && settings.format.isText, total: total)
    }

    /// What turns an input's findings into text, for each report.
    var formatters: [@Sendable ([Finding], InputFile) -> String] { sinks.map(ReportSink.formatter) }

    /// Adds a part of the report whose turn it is.
    mutating func add(part: InputReport) throws {
        do {
            if let broken { throw broken }
            try emit(part)
        } catch {
            broken = error as? IOFailure ?? IOFailure(message: "\(error)")
            throw error
        }
    }

    /// - Returns: false when the output cannot be written any more, so that going on is pointless.
    mutating func add(_ report: InputReport, at index: Int) -> Bool {
        waiting[index] = report
        while broken == nil, let report = waiting.removeValue(forKey: next) {
            next += 1
            do {
                try emit(report)
            } catch {
                broken = error as? IOFailure ?? IOFailure(message: "\(error)")
            }
        }
        return broken == nil
    }

    private mutating func emit(_ report: InputReport) throws {
        tally.add(report.tally)
        if let records = report.records { record?.add(records.findings, checked: records.file) }
        if let policy = report.policy { policies.insert(printable(policy)) }
        isCounted = isCounted || report.isCounted
        if !(report.findings.isEmpty && report.diff == nil && report.failures.isEmpty) { progress.clear() }
        report.remarks.forEach { remark($0.description) }
        for (index, text) in report.findings.enumerated() { try sinks[index % sinks.count].add(text) }
        try report.diff?.write(to: stream)
        try report.failures.forEach { try fail($0) }
        try progress.show(next) { try stream.flush() }
    }

    mutating func remark(_ text: String) {
        guard !settings.isQuiet, messages.isNew(text) else { return }
        progress.clear()
        channels.complainProse(note(text))
    }

    /// A malformed earlier version is reported even with --quiet, because changes to its domains are not reported.
    mutating func fail(_ failure: EarlierSideFailure) throws {
        if failure.isIncapacity { return try fail(ReportedFailure(failure.error)) }
        if messages.isNew(failure.text) { channels.sendErrors(note(failure.text)) }
    }

    /// A broken policy makes every file below it fail; its message is printed once.
    mutating func fail(_ failure: ReportedFailure) throws {
        hasFailed = true
        guard messages.isNew(failure.text) else { return }
        tally.unjudged += 1
        progress.clear()
        channels.complain(failure.text)
        for index in sinks.indices { try sinks[index].add(failure.problem) }
    }

    mutating func finish() throws {
        progress.clear()
        if let broken { throw broken }
        if let record {
            return channels.complain(hasFailed ? "nothing is recorded, because something could not be judged" : try record.write())
        }
        if settings.comment != nil, mode == .fix { return channels.complain(tally.summary) }
        try endReports()
        // "nothing found" would be misleading if nothing could be judged, and is not needed for a commit without
        // definitions.
        let isNews = tally.domains > 0 || !hasFailed && !(isOfGit && total == 0)
        guard settings.format.isText, !settings.isQuiet, isNews else { return }
        if !settings.printsStatistics, mode == .report, let outlook = tally.outlook(counting: settings.leastCounted) { channels.complainProse(outlook) }
        channels.complain(tally.summary)
        if let line = Tally.line(on: policies) { channels.complain(line) }
    }

    /// Writes reports of nothing but a problem.
    static func report(_ problem: Problem, _ settings: Settings, _ mode: CheckMode, _ channels: Channels) throws {
        var output = try CheckOutput(settings, mode, total: 0, isOfGit: false, nil, channels)
        for index in output.sinks.indices { try output.sinks[index].add(problem) }
        try output.endReports()
    }

    private var statistics: String { folded(tally.rules.table, to: settings.outputFile == nil ? channels.outputWidth : nil) }

    /// Ends all reports.
    private mutating func endReports() throws {
        for index in sinks.indices { try sinks[index].finish(index == 0 && settings.printsStatistics ? statistics : "") }
        try stream.flush()
    }
}
