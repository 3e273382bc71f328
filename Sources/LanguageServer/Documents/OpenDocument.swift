import Lint
import Reports
import SystemPackage
import Work

/// A document that the editor has open.
struct OpenDocument {
    let uri: String
    /// Nil for a document that is no file.
    let path: FilePath?
    let kind: DocumentKind
    var text: TextDocument
    /// The editor's number of this state of the text.
    var version: Int?
    /// What there is to say about the text; nil if it was not judged yet.
    var report: OpenFileReport?
    /// The diagnostics of the text were not sent yet.
    var isUnpublished = true

    /// The text as the reader of definitions gets it.
    var content: [UInt8] { PlainDeclaration.plain(text.bytes) }

    /// Judges the text, unless that has been done.
    mutating func judge(with check: OpenFileCheck) {
        guard report == nil else { return }
        switch kind {
        case .definition: report = check.check(content, of: path)
        case .policy:
            let problem = path.flatMap { check.problem(inPolicy: text.bytes, of: $0) }
            report = OpenFileReport(problems: [problem].compactMap { $0 })
        case .other: report = OpenFileReport()
        }
    }
}
