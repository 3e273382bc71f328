import Lint
import Reports
import Testing

@Suite("The list of rules")
struct RuleListTests {
    @Test("A line for each rule under the heading of its first tag: id, severity and summary in columns")
    func all() throws {
        let groups = RuleList.text(Rule.all).split(separator: "\n\n")
        #expect(groups.map { $0.prefix { $0 != "\n" } } == RuleTag.allCases.map { "tag:\($0.rawValue): \($0.meaning)" })
        let lines = groups.flatMap { $0.split(separator: "\n").dropFirst() }
        #expect(lines.count == Rule.all.count)
        let width = Rule.ids.map(\.count).max()!
        for (tag, group) in zip(RuleTag.allCases, groups) {
            let rules = Rule.all.filter { $0.tagsInOrder.first == tag }
            for (rule, line) in zip(rules, group.split(separator: "\n").dropFirst()) {
                #expect(line.hasPrefix("  \(rule.id) ") && line.dropFirst(width + 4).hasPrefix(rule.severity.rawValue))
                #expect(line.dropFirst(width + 4 + "warning".count) == "  \(rule.summary)")
            }
        }
    }

    @Test("No rules, no lines") func none() { #expect(RuleList.text([]) == "") }
}
