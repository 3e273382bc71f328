import Lint
import Reports
import Testing

@Suite("The page of a rule")
struct RulePageTests {
    @Test("Id, severity, summary, explanation, tags, and every example with its XML and its finding", arguments: Rule.all.map(\.id))
    func text(_ id: String) throws {
        let rule = try #require(Rule.named(id)), text = RulePage(rule).text
        #expect(text.hasPrefix("\(id) (\(rule.severity.rawValue)): \(rule.summary)\n\n"))
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains(rule.explanation.split(whereSeparator: \.isWhitespace).joined(separator: " ")))
        #expect(text.contains("\n\nTags: \(rule.tagsInOrder.map(\.rawValue).joined(separator: ", "))\n"))
        for example in rule.examples {
            #expect(text.contains("\n\(example.isBad ? "Bad" : "Good"): \(example.title)"), "\(example.title)")
            #expect(text.contains(indented(example.xml)), "\(example.title)")
            if let finding = example.finding { #expect(text.contains("\n  finds: \(finding.message)\n"), "\(example.title)") }
            if let before = example.before { #expect(text.contains("\(indented(before))\n  becomes\n\n\(indented(example.xml))")) }
            if example.policy != "default: keep" { #expect(text.contains("policy: \(example.policy)")) }
        }
        #expect(rule.examples.contains { $0.isBad } && rule.examples.contains { !$0.isBad })
        // Each host of the examples, once.
        for host in rule.examples.flatMap(\.hosts) {
            #expect(text.ranges(of: "\nHost \(host.file):\n\n\(indented(host.xml))").count == 1, "\(host.file)")
        }
    }

    @Test("As Markdown: a heading, XML in blocks, and no element's name lost as HTML", arguments: Rule.all.map(\.id))
    func markdown(_ id: String) throws {
        let rule = try #require(Rule.named(id)), text = RulePage(rule).markdown
        #expect(text.hasPrefix("## \(id)\n\n*\(rule.severity.rawValue)*, \(rule.tagsInOrder[0].rawValue)"))
        var isBlock = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("```") {
                isBlock.toggle()
                continue
            }
            // Code, in blocks and between backquotes, is shown as it is.
            if isBlock { continue }
            #expect(!line.replacing(/`[^`]*`/, with: "").contains(/(^|[^\\])</), "\(line)")
        }
        #expect(!isBlock, "every block ends")
        for example in rule.examples {
            #expect(text.contains("```\(example.isPolicy ? "yaml" : "xml")\n\(example.xml)"), "\(example.title)")
        }
        for host in rule.examples.flatMap(\.hosts) { #expect(text.contains("\nHost `\(host.file)`:\n\n```xml\n\(host.xml)")) }
    }

    @Test("With a homepage, the text names the rule's page; it is a heading of docs/rules.md")
    func homepage() throws {
        let rule = try #require(Rule.named("check-none"))
        #expect(RulePage(rule, homepage: "https://example.org").text.contains("\nPage: https://example.org/docs/rules.md#check-none\n"))
        #expect(!RulePage(rule, homepage: nil).text.contains("Page:"))
        #expect(RulePage(rule).markdown.hasPrefix("## check-none\n"))
    }

    @Test("Some rule's prose has an element's name to escape")
    func escapes() {
        #expect(Rule.all.contains { RulePage($0).markdown.contains("\\<") })
    }

    @Test("The ways to silence a rule work on its bad examples", arguments: Rule.all.map(\.id))
    func silencing(_ id: String) throws {
        let rule = try #require(Rule.named(id)), text = RulePage(rule).text
        let lines = text.split(separator: "\n")
        func value(_ label: String) -> Substring? { lines.first { $0.hasPrefix("  \(label)  ") }?.dropFirst(2 + label.count).drop { $0 == " " } }
        let policy = try Policy.parse(Array(try #require(value("by the policy")).utf8), file: "p", origin: .named, knownRules: Rule.ids)
        #expect(policy.rules.setting(forRule: id, tags: rule.tags) == .off)
        #expect(value("in one run") == "virt-cpu check --rule \(id)=off")
        #expect((value("in one guest") == nil) == ["suppression", "policy-loosened"].contains(id))
        guard let comment = value("in one guest") else { return }
        #expect(comment == "<!-- virt-cpu: ignore \(id) - REASON -->")
        #expect(value("or let it write that") == "virt-cpu check --add-ignore \(id) --reason REASON FILE")
        #expect(throws: Never.self) { try SuppressionComment(rules: [id], reason: "REASON") }
    }
}
