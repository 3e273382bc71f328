import DomainXML
import Lint

/// One reading of an input: its domains are judged, and the fixes applied where they are wanted.
final class JudgingPass: DomainStreamHandler {
    private let judge: Judge
    private let path: String?
    private let fixes: Bool
    private let earlier: ((Guest) -> EarlierGuest)?
    private(set) var findings: [Finding] = []
    private(set) var remarks: [Remark] = []
    private(set) var domains = 0
    /// The findings whose fixes are in `bytes`.
    private(set) var fixed: [Finding] = []
    /// The content with the fixes applied; empty where fixes are not wanted.
    private(set) var bytes: [UInt8] = []

    init(judge: Judge, path: String?, fixes: Bool, earlier: ((Guest) -> EarlierGuest)?) {
        self.judge = judge
        self.path = path
        self.fixes = fixes
        self.earlier = earlier
    }

    func passThrough(_ bytes: UnsafeRawBufferPointer) {
        if fixes { self.bytes += bytes }
    }

    func document(_ document: Document) -> Bool {
        let verdict = earlier.map { judge.judge(document, path: path, earlier: $0) } ?? judge.judge(document, path: path)
        domains += document.domains.count
        remarks += verdict.remarks
        findings += verdict.findings
        guard fixes else { return true }
        guard !judge.asksHosts || judge.hostFailures.isEmpty else {
            // A host did not answer, so the document was judged against only some of the hosts. It is not rewritten.
            document.write(applying: []) { bytes += $0 }
            return true
        }
        let fixes = verdict.fixes
        fixed += fixes.findings
        document.write(applying: fixes.edits) { bytes += $0 }
        return true
    }
}
