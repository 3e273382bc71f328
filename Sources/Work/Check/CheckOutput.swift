import Lint
import Reports

/// Prints the reports of the inputs in their order, whichever thread is first.
struct CheckOutput {
    private let settings: Settings
    private let channels: Channels
    private let mode: CheckMode
    private let total: Int
    private let isOfGit: Bool
    /// Writes the opening and closing; the findings have been formatted already.
    private let frame: any Reporter
    private var stream: OutputStream
    private var isReporting = false
    private var messages = SaidOnce<String>()
    /// Reports whose turn has not come.
    private var waiting: [Int: InputReport] = [:]
    private var next = 0
    private var progress: Progress
    private var broken: IOFailure?
    private var record: KnownFindingsRecord?
    /// What the summary calls the policies by which inputs were judged.
    private var policies: Set<String> = []
    private(set) var tally = Tally()
    /// A finding counts: the exit status is 1.
    private(set) var isCounted = false
    private(set) var hasFailed = false

    init(_ settings: Settings, _ mode: CheckMode, total: Int, isOfGit: Bool, _ record: KnownFindingsRecord?, _ channels: Channels) {
        self.record = record
        self.settings = settings
        self.channels = channels
        self.mode = mode
        self.total = total
        self.isOfGit = isOfGit
        stream = OutputStream(channels.output)
        frame = settings.reporter(on: channels.output, namesDomains: false)
        progress = Progress(channels, isShown: !settings.isQuiet && settings.format.isText, total: total)
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
        if let policy = report.policy { policies.insert(policy) }
        isCounted = isCounted || report.isCounted
        if !(report.findings.isEmpty && report.diff.isEmpty && report.failures.isEmpty) { progress.clear() }
        report.remarks.forEach { remark($0.description) }
        for finding in report.findings {
            try print(isReporting ? frame.separator : frame.opening)
            try print(finding)
            isReporting = true
        }
        try report.diff.withUnsafeBytes { try stream.write($0) }
        report.failures.forEach { fail($0) }
        try progress.show(next) { try stream.flush() }
    }

    /// Prints findings: with `--diff` to the error channel, because the output channel is for the diff.
    private mutating func print(_ text: String) throws {
        if mode == .diff { channels.sendErrors(text) } else { try stream.write(text) }
    }

    mutating func remark(_ text: String) {
        guard !settings.isQuiet, messages.isNew(text) else { return }
        progress.clear()
        channels.sendErrors(note(text))
    }

    /// A malformed earlier version is reported even with --quiet, because changes to its domains are not reported.
    mutating func fail(_ failure: EarlierSideFailure) {
        if failure.isIncapacity { return fail(failure.text) }
        if messages.isNew(failure.text) { channels.sendErrors(note(failure.text)) }
    }

    /// A broken policy makes every file below it fail; its message is printed once.
    mutating func fail(_ text: String) {
        hasFailed = true
        guard messages.isNew(text) else { return }
        progress.clear()
        channels.complain(text)
    }

    mutating func finish() throws {
        progress.clear()
        if let broken { throw broken }
        if let record { return channels.complain(try record.write()) }
        if settings.comment != nil, mode == .fix { return channels.complain(tally.summary) }
        if !isReporting { try print(frame.opening) }
        try print(frame.closing)
        if settings.printsStatistics { try print(tally.rules.table) }
        try stream.flush()
        // "nothing found" would be misleading if nothing could be judged, and is not needed for a commit without
        // definitions.
        let isNews = tally.domains > 0 || !hasFailed && !(isOfGit && total == 0)
        guard settings.format.isText, !settings.isQuiet, isNews else { return }
        if !settings.printsStatistics, mode == .report, let outlook = tally.outlook { channels.complain(outlook) }
        channels.complain(tally.summary)
        if let line = Tally.line(on: policies) { channels.complain(line) }
    }
}
