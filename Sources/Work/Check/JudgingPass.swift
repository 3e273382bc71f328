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
    let known: KnownInput?
    /// The comment that is written in place of fixes.
    private let comment: SuppressionComment?
    /// Takes the findings of each document that are not known, and its remarks. Nil if the pass keeps all findings.
    private let deliver: (([Finding], [Remark]) throws -> Void)?
    /// The findings that are errors.
    private(set) var errors: [Finding] = []
    /// All findings, if a comment takes the place of fixes.
    private(set) var findings: [Finding] = []
    /// The findings that are not known.
    private(set) var news: [Finding] = []
    /// All findings, as they are recorded.
    private(set) var records: [KnownFinding] = []
    private(set) var remarks: [Remark] = []
    private(set) var domains = 0
    /// The number of findings that are known.
    private(set) var knownCount = 0
    /// The findings whose fixes are in `edits`.
    private(set) var fixed: [Finding] = []
    /// The fixes in order, as bytes of the content; empty where fixes are not wanted.
    private(set) var edits: [(span: ByteRange, bytes: [UInt8])] = []
    /// The beginning of what holds no domain, at most `mostStrange` bytes.
    private(set) var strange: [UInt8] = []
    static let mostStrange = 256 << 10

    init(
        judge: Judge, name: String, path: String?, fixes: Bool, leavingOut: LeftOutFixes, comment: SuppressionComment?,
        known: KnownInput?, earlier: ((Guest) -> EarlierGuest)?, deliver: (([Finding], [Remark]) throws -> Void)? = nil
    ) {
        self.deliver = deliver
        self.comment = comment
        self.known = known
        leftOut = leavingOut
        self.judge = judge
        self.name = name
        self.path = path
        self.fixes = fixes
        self.earlier = earlier
    }

    func passThrough(_ bytes: UnsafeRawBufferPointer) {
        if domains == 0 { strange += bytes.prefix(Self.mostStrange - strange.count) }
    }

    func document(_ document: Document) throws -> Bool {
        var verdict =
            earlier.map { judge.judge(document, named: name, path: path, earlier: $0) } ?? judge.judge(document, named: name, path: path)
        domains += document.domains.count
        let own = new(verdict.findings, in: document)
        knownCount += verdict.findings.count - own.count
        if let deliver {
            try deliver(own, verdict.remarks)
            return true
        }
        remarks += verdict.remarks.filter { !remarks.contains($0) }
        errors += verdict.findings.lazy.filter { $0.severity == .error }
        if comment != nil { findings += verdict.findings }
        news += own
        guard fixes else { return true }
        // If a host did not answer, the document was judged against only some of the hosts. It is not rewritten.
        guard !judge.asksHosts || judge.hostFailures.isEmpty else { return true }
        verdict.findings.removeAll(where: leftOut.contains)
        let fixes = comment?.fixes(for: document, verdict.findings) ?? verdict.fixes
        fixed += fixes.findings
        edits += document.encoded(fixes.edits)
        return true
    }

    /// The findings that are not known. Notes them all, while they are being recorded.
    private func new(_ findings: [Finding], in document: Document) -> [Finding] {
        guard let known, !findings.isEmpty else { return findings }
        let all = KnownFinding.all(in: document, findings, file: known.file)
        guard let recorded = known.findings else {
            records += all.map(\.known)
            return findings
        }
        let hidden = Set(all.filter { recorded.contains($0.known) }.flatMap(\.indices))
        return findings.indices.filter { !hidden.contains($0) }.map { findings[$0] }
    }
}
