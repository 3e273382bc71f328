import DomainXML
import Testing
import Work

@testable import Lint

@Suite("What a hook says about a guest that it refuses")
struct HookRefusalTests {
    private func finding(_ number: Int, help: String? = "do it") -> Finding {
        Finding(
            rule: "rule-\(number)", severity: .error, message: "message \(number)", notes: ["note"], help: help, hosts: [],
            span: ByteRange(0, 1), start: SourcePosition(line: 1, column: 1), end: SourcePosition(line: 1, column: 2),
            sourceLine: "x", sourceOffset: 0, domainName: nil, domainUUID: nil, edits: [], isFixed: false)
    }

    @Test("A heading, and each finding with its help, without places and notes")
    func text() {
        #expect(HookRefusal.text("g is not started", [finding(1), finding(2, help: nil)]) == """
            virt-cpu: g is not started:
              message 1 [rule-1]
                help: do it
              message 2 [rule-2]

            """)
    }

    @Test("Without help for a guest that runs already")
    func withoutHelp() {
        #expect(HookRefusal.text("g cannot run", [finding(1)], helps: false) == "virt-cpu: g cannot run:\n  message 1 [rule-1]\n")
    }

    @Test("Of many findings, five and the number of the others", arguments: [(5, nil), (6, "  and 1 more\n"), (40, "  and 35 more\n")])
    func many(_ count: Int, _ rest: String?) {
        let text = HookRefusal.text("g", (1...count).map { finding($0, help: nil) })
        #expect(text.split(separator: "\n").count == 6 + (rest == nil ? 0 : 1))
        #expect(text.contains("message 5") && !text.contains("message 6"))
        if let rest { #expect(text.hasSuffix(rest)) }
    }

    @Test("Names and messages cannot steer a terminal")
    func controls() {
        var finding = finding(1)
        finding.message = "\u{9b}a"
        finding.help = "\u{1b}b"
        #expect(HookRefusal.text("\u{1b}g", [finding]) == "virt-cpu: \u{241b}g:\n  \u{fffd}a [rule-1]\n    help: \u{241b}b\n")
    }
}
