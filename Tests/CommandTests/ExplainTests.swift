import Lint
import Testing

@Suite("explain")
struct ExplainTests {
    @Test("Every rule is printed by its id, with its severity, what it says, and a bad and a good example", arguments: Rule.all.map(\.id))
    func rule(id: String) throws {
        let rule = try #require(Rule.named(id))
        let outcome = virtCPU("explain", id)
        #expect(outcome.status == 0 && outcome.errors == "")
        #expect(outcome.text.hasPrefix("\(id) (\(rule.severity.rawValue)): \(rule.summary)\n"))
        for example in rule.examples { #expect(outcome.text.contains(example.title), "\(example.title)") }
        let domains = outcome.text.ranges(of: "<domain ").count
        #expect(domains >= rule.examples.count, "the examples' XML")
    }

    @Test("Without an id all of them are listed")
    func list() {
        let outcome = virtCPU("explain")
        let listed = outcome.text.split(separator: "\n").compactMap { $0.split(whereSeparator: { " (:`#|".contains($0) }).first.map(String.init) }
        #expect(Set(Rule.ids).isSubset(of: listed))
    }

    @Test("As Markdown, no element's name is lost as HTML")
    func markdown() {
        var isBlock = false
        var escaped = 0
        for line in virtCPU("explain", "--format", "markdown").text.split(separator: "\n") {
            if line.hasPrefix("```") { isBlock.toggle() }
            guard !isBlock else { continue }
            // Code spans show what they have.
            let prose = line.replacing(/`[^`]*`/, with: "")
            #expect(!prose.contains(/(^|[^\\])</), "\(line)")
            escaped += prose.ranges(of: "\\<").count
        }
        #expect(escaped > 0)
    }
}
