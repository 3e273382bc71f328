import DomainXML
import Lint
import Reports

/// A definition that a hook is given, rewritten to the policy's default.
struct HookRewriting {
    /// The whole definition with the edits applied.
    private(set) var output: [UInt8] = []
    private(set) var isChanged = false
    /// The findings that count (`--fail-on`). If there are any, the output must not be used.
    private(set) var refusals: [Finding] = []
    /// Lines about names that no CPU map here has, each once, for stderr.
    private(set) var remarks: [String] = []
    /// The guest's name; empty when the definition states none.
    private(set) var guest = ""

    /// - Parameters:
    ///   - name: the definition's name in messages.
    ///   - settings: without a named policy, that of `/etc` applies, and no other is looked for.
    /// - Throws: `IOFailure` for a definition without a domain, and whatever is wrong with the policy or a host.
    init(_ bytes: [UInt8], named name: String, _ settings: Settings) throws {
        var policies = try PolicyLookup(settings, purpose: .rewrite)
        let stream = Stream(try policies.policy(forDirectory: nil).judge)
        let reader = DomainReader(maximumDomainSize: settings.maximumDomainSize)
        try bytes.withUnsafeBytes { try InputFile.read($0, named: name, with: reader, into: stream) }
        guard let guest = stream.guest else { throw IOFailure(message: "\(printable(name)) contains no domain") }
        if let failure = stream.judge.hostFailures.first { throw failure }
        output = stream.output
        isChanged = stream.isChanged
        refusals = stream.findings.filter(settings.counts)
        remarks = stream.remarks.filter(\.isAboutName).map { note($0.description) }
        self.guest = guest
    }

    private final class Stream: DomainStreamHandler {
        let judge: Judge
        var output: [UInt8] = []
        var findings: [Finding] = []
        var remarks: [Remark] = []
        var isChanged = false
        var guest: String?

        init(_ judge: Judge) { self.judge = judge }

        func passThrough(_ bytes: UnsafeRawBufferPointer) { output += bytes }

        func document(_ document: Document) throws -> Bool {
            guard let domain = document.domains.first else { return false }
            guest = guest ?? domain[domain.name?.text] ?? ""
            let verdict = judge.judge(document)
            findings += verdict.findings
            remarks += verdict.remarks.filter { !remarks.contains($0) }
            isChanged = isChanged || !verdict.edits.isEmpty
            document.write(applying: verdict.edits) { output += $0 }
            return true
        }
    }
}
