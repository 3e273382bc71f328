import DomainXML
import Lint

/// Finds the edit that suppresses one finding.
final class SuppressionPass: DomainStreamHandler {
    private let finding: Finding
    private let comment: SuppressionComment
    private(set) var edit: Edit?

    init(_ finding: Finding, _ comment: SuppressionComment) {
        self.finding = finding
        self.comment = comment
    }

    func passThrough(_ bytes: UnsafeRawBufferPointer) {}

    func document(_ document: Document) -> Bool {
        edit = edit ?? comment.fixes(for: document, [finding]).edits.first
        return true
    }
}
