import Lint
import Reports

/// Where the filter writes: domains to the output channel, the report to the error channel.
final class FilterOutput {
    let reporter: any Reporter
    let bytes: OutputStream
    /// A finding counts: the exit status is 1.
    var isCounted = false
    private let channels: Channels
    private var report = ""
    private var frame: ReportFrame
    private var remarks = SaidOnce<Remark>()

    init(_ settings: Settings, _ channels: Channels) {
        self.channels = channels
        bytes = OutputStream(channels.output)
        reporter = settings.reporter(on: channels.errors, namesDomains: settings.inputFile == nil)
        frame = ReportFrame(reporter)
        // A finding stands before its document, and is not lost where nobody reads the output.
        bytes.beforeWriting = { [unowned self] in sendReport() }
    }

    /// Adds to the report, which is sent before the next bytes of the output.
    func say(_ words: [FilterWord]) {
        for word in words {
            switch word {
            case .remark(let remark):
                if remarks.isNew(remark) { report += note(remark.description) }
            case .finding(let text): report += frame.adding(text)
            case .line(let text): report += text
            }
        }
    }

    /// Reports what could not be done, for a program, which reads only the report.
    func fail(_ failure: any Failure) { report += frame.adding(ReportedFailure(failure).problem) }

    func flush() throws {
        sendReport()
        try bytes.flush()
    }

    /// Prints the end of the report, in formats that have one.
    func endReport() {
        report += frame.closing
        sendReport()
    }

    /// Sends what the report has so far.
    func sendReport() {
        guard !report.isEmpty else { return }
        channels.sendErrors(report)
        report.removeAll(keepingCapacity: true)
    }
}
