import Lint
import Reports
import Testing

@Suite("The list of rules")
struct RuleListTests {
    @Test("A line for each rule: id, severity and summary in columns")
    func all() throws {
        let lines = RuleList.text(Rule.all).split(separator: "\n")
        #expect(lines.count == Rule.all.count)
        let width = Rule.ids.map(\.count).max()!
        for (rule, line) in zip(Rule.all, lines) {
            #expect(line.hasPrefix("\(rule.id) ") && line.dropFirst(width + 2).hasPrefix(rule.severity.rawValue))
            #expect(line.dropFirst(width + 2 + "warning".count) == "  \(rule.summary)")
        }
    }

    @Test("No rules, no lines") func none() { #expect(RuleList.text([]) == "") }
}
