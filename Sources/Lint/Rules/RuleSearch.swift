import LibvirtWords

/// What the words behind `virt-cpu explain` mean.
package enum RuleSearch {
    /// The rule with this id, or the only one that contains the words.
    case rule(Rule)
    /// The rules with a tag, or several that contain the words.
    case rules([Rule])

    /// Looks for the id of a rule, a tag with or without `tag:`, or words in ids, summaries and explanations. Case does
    /// not count. Several words must all occur.
    ///
    /// - Throws: `RuleSelectorError` if nothing is found.
    package init(_ words: [String]) throws(RuleSelectorError) {
        let name = words.joined(separator: " ")
        if let rule = Rule.named(name) {
            self = .rule(rule)
            return
        }
        if let tag = RuleTag(rawValue: name) {
            self = .rules(Self.rules(with: tag))
            return
        }
        if name.hasPrefix("tag:") {
            // Only a selector that exists gets beyond this.
            guard case .tag(let tag) = try RuleSelector(name, knownRules: Rule.ids) else { preconditionFailure("not a tag") }
            self = .rules(Self.rules(with: tag))
            return
        }
        let wanted = words.flatMap { $0.split(separator: " ") }.map { $0.lowercased() }
        let found = wanted.isEmpty ? [] : Rule.all.filter { rule in
            let text = Self.text(of: rule)
            return wanted.allSatisfy { text.includes($0) }
        }
        guard let first = found.first else {
            let near = didYouMean(Self.meant(by: wanted, name))
            throw RuleSelectorError(
                message: "unknown rule \(quoted(name))\(near), and no explanation contains \(wanted.count > 1 ? "these words" : "this word")",
                help: "virt-cpu explain lists all rules")
        }
        self = found.count == 1 ? .rule(first) : .rules(found)
    }

    /// What to search for instead: an id, a tag, or each word corrected to one of ids, summaries and explanations; nil if nothing is near.
    private static func meant(by words: [String], _ name: String) -> String? {
        if let near = nearest(name, among: Rule.ids + RuleTag.allCases.map(\.rawValue)) { return near }
        if words.isEmpty { return nil }
        let texts = Rule.all.map(text)
        let known = Set(texts.flatMap { $0.split { !$0.isLetter } }.filter { $0.count > 3 }.map(String.init))
        let corrected = words.map { known.contains($0) ? $0 : nearest($0, among: known.sorted()) }
        let search = corrected.compactMap { $0 }
        guard search.count == words.count, texts.contains(where: { text in search.allSatisfy { text.includes($0) } }) else { return nil }
        return search.joined(separator: " ")
    }

    /// What the words are looked for in, in lower case.
    private static func text(of rule: Rule) -> String { "\(rule.id)\n\(rule.summary)\n\(rule.explanation)".lowercased() }

    /// The rules, in the order in which they run.
    package var all: [Rule] {
        switch self {
        case .rule(let rule): [rule]
        case .rules(let rules): rules
        }
    }

    private static func rules(with tag: RuleTag) -> [Rule] { Rule.all.filter { $0.tagsInOrder.contains(tag) } }
}
