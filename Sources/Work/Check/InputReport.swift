import Lint
import Reports

/// The result of checking one input.
struct InputReport: Sendable {
    /// Findings, in the format that is printed.
    var findings: [String] = []
    /// Messages about what could not be done.
    var failures: [String] = []
    var remarks: [Remark] = []
    /// What the fixes would change, as a unified diff.
    var diff: [UInt8] = []
    /// The content with the fixes made, if nobody asked for a diff or for new files.
    var fixed: [UInt8]?
    var tally = Tally()
    /// The findings of an input that was read whole, if they are to be recorded.
    var records: (findings: [KnownFinding], file: String)?
    /// A finding counts: it makes the exit status 1.
    var isCounted = false
}
