import Lint
import Reports

/// The result of checking one input.
struct InputReport: Sendable {
    /// The findings as text, for each report.
    var findings: [String] = []
    /// What could not be done.
    var failures: [ReportedFailure] = []
    var remarks: [Remark] = []
    var diff: InputDiff?
    /// The content with the fixes made, if nobody asked for a diff or for new files.
    var fixed: [UInt8]?
    var tally = Tally()
    /// The findings of an input that was read whole, if they are to be recorded.
    var records: (findings: [KnownFinding], file: String)?
    /// What the summary calls the policy; nil if it could not be read.
    var policy: String?
    /// A finding counts: it makes the exit status 1.
    var isCounted = false

    /// Adds what was found in a further part of the input.
    mutating func add(_ part: InputReport) {
        findings += part.findings
        remarks += part.remarks
        tally.add(part.tally)
        isCounted = isCounted || part.isCounted
    }

    /// Adds findings as text, for each report. A lone `<cpu>` is judged in a second pass.
    mutating func add(_ texts: [String]) { findings.append(contentsOf: texts) }
}
