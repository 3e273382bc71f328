import Lint
import Reports

/// The findings of an input that are not written yet. A stream can have any number of them, so they are handed over in
/// parts; memory holds one part.
final class FindingBatch {
    private let settings: Settings
    private let format: ([Finding]) -> [String]
    /// Takes a part of the report; nil if the report is to stay whole.
    private let handOver: ((InputReport) throws -> Void)?
    private var findings: [Finding] = []
    private var part = InputReport()
    /// An input with fewer findings has them in one piece, also in formats that have a frame for each input.
    static let most = 256

    /// - Parameters:
    ///   - format: the text of findings, for each report.
    ///   - handOver: takes the parts in their order. An error that it throws ends the reading.
    init(_ settings: Settings, format: @escaping ([Finding]) -> [String], handOver: ((InputReport) throws -> Void)?) {
        self.settings = settings
        self.format = format
        self.handOver = handOver
    }

    func add(_ findings: [Finding], _ remarks: [Remark]) {
        part.remarks += remarks.filter { !part.remarks.contains($0) }
        for finding in findings {
            part.tally.add(finding)
            part.isCounted = part.isCounted || settings.counts(finding)
            if settings.shows(finding) { self.findings.append(finding) }
        }
    }

    /// Hands over what there is, if it is a part's worth.
    func handOverIfFull() throws {
        guard let handOver, findings.count >= Self.most || part.remarks.count >= Self.most else { return }
        try handOver(takeRest())
    }

    /// What was not handed over.
    func takeRest() -> InputReport {
        defer { (findings, part) = ([], InputReport()) }
        if !findings.isEmpty { part.add(format(findings)) }
        return part
    }
}
