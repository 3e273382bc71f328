import DomainXML

@testable import Lint

extension Finding {
    /// A warning at line 4, column 3 of a definition, with everything that a finding can have.
    static let example = Finding(
        rule: "host-passthrough", severity: .warning, message: "the CPU is the host's", notes: ["first note", "second note"],
        help: "name a model", hosts: ["hv01"], span: ByteRange(40, 70), start: SourcePosition(line: 4, column: 3),
        end: SourcePosition(line: 4, column: 13), sourceLine: "  <cpu mode='host-passthrough'/>", sourceOffset: 2,
        domainName: "web", domainUUID: "c7a5fdbd-edaf-9455-926a-d65c16db1809", edits: [], isFixed: false)

    /// The same finding with something changed.
    func with(_ change: (inout Finding) -> Void) -> Finding {
        var finding = self
        change(&finding)
        return finding
    }
}
