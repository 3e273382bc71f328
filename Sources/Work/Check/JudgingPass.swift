import DomainXML
import Lint

/// One reading of an input: its domains are judged, and the fixes applied where they are wanted.
final class JudgingPass: DomainStreamHandler {
    private let judge: Judge
    private let name: String
    private let path: String?
    private let fixes: Bool
    private let leftOut: LeftOutFixes
    private let earlier: ((Guest) -> EarlierGuest)?
    private(set) var findings: [Finding] = []
    private(set) var remarks: [Remark] = []
    private(set) var domains = 0
    /// The findings whose fixes are in `bytes`.
    private(set) var fixed: [Finding] = []
    /// The content with the fixes applied; empty where fixes are not wanted.
    private(set) var bytes: [UInt8] = []
    /// The beginning of what holds no domain, at most `mostStrange` bytes.
    private(set) var strange: [UInt8] = []
    static let mostStrange = 256 << 10

    init(judge: Judge, name: String, path: String?, fixes: Bool, leavingOut: LeftOutFixes, earlier: ((Guest) -> EarlierGuest)?) {
        leftOut = leavingOut
        self.judge = judge
        self.name = name
        self.path = path
        self.fixes = fixes
        self.earlier = earlier
    }

    /// The findings that are errors.
    var errors: [Finding] { findings.filter { $0.severity == .error } }

    func passThrough(_ bytes: UnsafeRawBufferPointer) {
        if fixes { self.bytes += bytes }
        if domains == 0 { strange += bytes.prefix(Self.mostStrange - strange.count) }
    }

    func document(_ document: Document) -> Bool {
        var verdict =
            earlier.map { judge.judge(document, named: name, path: path, earlier: $0) } ?? judge.judge(document, named: name, path: path)
        domains += document.domains.count
        remarks += verdict.remarks
        findings += verdict.findings
        guard fixes else { return true }
        guard !judge.asksHosts || judge.hostFailures.isEmpty else {
            // A host did not answer, so the document was judged against only some of the hosts. It is not rewritten.
            document.write(applying: []) { bytes += $0 }
            return true
        }
        verdict.findings.removeAll(where: leftOut.contains)
        let fixes = verdict.fixes
        fixed += fixes.findings
        document.write(applying: fixes.edits) { bytes += $0 }
        return true
    }
}
