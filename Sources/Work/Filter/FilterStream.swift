import DomainXML
import Hosts
import Lint
import Reports

/// Judges the documents of a stream and applies the policy's default. Each thread has its own.
final class FilterStream: DomainStreamHandler {
    private let settings: Settings
    private let reporter: any Reporter
    private let judge: Judge
    private let path: String?
    private let output: FilterOutput
    private let report = FilterReport()
    /// Collects the results while it is not certain that they are right; nil to write them to the output.
    private var batch: FilterBatch?
    private var kept: ByteBuffer?
    /// A domain was read.
    private(set) var hasDomains = false

    init(_ settings: Settings, _ judge: Judge, path: String? = nil, _ output: FilterOutput) {
        self.settings = settings
        self.path = path
        self.judge = judge
        self.output = output
        reporter = output.reporter
    }

    /// Filters a batch and collects the results in it.
    ///
    /// - Parameter reader: a reader whose handler is this stream.
    func filter(_ batch: FilterBatch, with reader: DomainReader) {
        self.batch = batch
        kept = batch.output
        batch.read(with: reader)
        self.batch = nil
        kept = nil
    }

    /// Hosts that did not answer questions about a guest's platform.
    var hostFailures: [HostError] { judge.hostFailures }

    func passThrough(_ bytes: UnsafeRawBufferPointer) throws {
        if let kept { kept.append(bytes) } else { try output.bytes.write(bytes) }
    }

    func document(_ document: Document) throws -> Bool {
        hasDomains = true
        let verdict = judge.judge(document, named: settings.inputFile, path: path)
        // A host did not answer, so that this document was judged against only some of the hosts. It is not written,
        // and neither are later ones. If hosts are asked, only one thread judges, so the failure cannot come from a
        // later document.
        let isUnjudged = judge.asksHosts && !judge.hostFailures.isEmpty
        let isRefused = isUnjudged || !verdict.findings.isEmpty && verdict.findings.contains(where: settings.counts)
        if isUnjudged || !verdict.findings.isEmpty || !verdict.remarks.isEmpty {
            if let batch {
                add(verdict, of: document, isRefused: isRefused, to: batch.report)
            } else {
                add(verdict, of: document, isRefused: isRefused, to: report)
                output.say(report)
                report.removeAll()
            }
        }
        if isRefused {
            if let batch { batch.isCounted = true } else { output.isCounted = true }
            return false
        }
        // Whether to keep or to write is decided once, not for each piece of the document.
        if let kept {
            document.write(applying: verdict.edits) { kept.append($0) }
        } else {
            let bytes = output.bytes
            try document.write(applying: verdict.edits) { try bytes.write($0) }
        }
        return true
    }

    private func add(_ verdict: Verdict, of document: Document, isRefused: Bool, to report: FilterReport) {
        // The other formats are for programs, which expect findings and nothing else.
        let isText = settings.format.isText
        if !settings.isQuiet && isText { verdict.remarks.forEach(report.add) }
        // By their indices, because a loop over the findings themselves copies each.
        for index in verdict.findings.indices where settings.shows(verdict.findings[index]) {
            report.add(verdict.findings[index], in: settings.inputFile ?? "<stdin>", by: reporter)
        }
        if isRefused && isText {
            let names = document.domains.map { $0[$0.name?.text] ?? "without a name" }
            report.add(
                line: "virt-cpu: error: withheld because of its findings: domain \(printable(names.joined(separator: ", ")))\n")
        }
    }
}
