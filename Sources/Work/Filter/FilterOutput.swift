import Lint
import Reports

/// Where the filter writes: domains to the output channel, the report to the error channel.
final class FilterOutput {
    let reporter: any Reporter
    let bytes: OutputStream
    /// A finding counts: the exit status is 1.
    var isCounted = false
    private let channels: Channels
    private let report = ByteBuffer()
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
    func say(_ more: FilterReport) {
        var rest = more.text.bytes[...]
        func add(_ count: Int) {
            report.append(UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        for word in more.words {
            switch word {
            case .remark(let remark): say(remark)
            case .finding(let count):
                report.append(frame.next())
                add(count)
            case .line(let count): add(count)
            }
        }
    }

    /// Adds a remark to the report, unless it was there before.
    func say(_ remark: Remark) {
        if remarks.isNew(remark) { report.append(note(remark.description)) }
    }

    /// Reports what could not be done, for a program, which reads only the report.
    func fail(_ failure: any Failure) { report.append(frame.adding(ReportedFailure(failure).problem)) }

    func flush() throws {
        sendReport()
        try bytes.flush()
    }

    /// Prints the end of the report, in formats that have one.
    func endReport() {
        report.append(frame.closing)
        sendReport()
    }

    /// Sends what the report has so far.
    func sendReport() {
        channels.sendErrors(report.bytes)
        report.removeAll()
    }
}
