import DomainXML
import Lint

/// Something that could not be judged, or not done. In formats for programs it is a finding of the rule `not-judged`.
package struct Problem: Sendable, Hashable {
    /// The id that stands for a rule. No rule has it.
    package static let id = "not-judged"

    /// The input or policy; nil if the problem is with none.
    package var file: String?
    /// Where in the file; nil if it is not known.
    package var position: SourcePosition?
    /// What is wrong, in one line without place and severity.
    package var message: String
    /// What to do about it.
    package var help: String?

    package init(file: String? = nil, position: SourcePosition? = nil, message: String, help: String? = nil) {
        self.file = file
        self.position = position
        self.message = message
        self.help = help
    }

    /// What stands where a finding names its file.
    var place: String { file ?? "virt-cpu" }

    /// The problem as a finding: an error at its place, or at the beginning of the file.
    var finding: Finding {
        let place = position ?? SourcePosition(line: 1, column: 1)
        return Finding(
            rule: Self.id, severity: .error, message: message, notes: [], help: help, hosts: [], span: ByteRange(0, 0), start: place,
            end: place, sourceLine: "", sourceOffset: 0, domainName: nil, domainUUID: nil, edits: [], isFixed: false)
    }
}
