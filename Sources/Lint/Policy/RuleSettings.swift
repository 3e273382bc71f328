/// The settings of rules that one place states: a policy, one of its guest entries, or the command line.
///
/// A setting applies to one rule, or to all rules with a tag. The setting of the rule itself comes first. If there is
/// none, and several of the rule's tags are set, the strictest of these settings applies.
public struct RuleSettings: Equatable, Sendable {
    private var settings: [RuleSelector: RuleSetting] = [:]

    /// No settings.
    public init() {}

    /// No rule and no tag has a setting.
    public var isEmpty: Bool { settings.isEmpty }

    /// The setting that is stated for exactly this rule or tag; nil if there is none.
    public subscript(selector: RuleSelector) -> RuleSetting? {
        get { settings[selector] }
        set { settings[selector] = newValue }
    }

    /// The setting that is stated for the rule with this id, without regard to its tags; nil if there is none.
    public subscript(id: String) -> RuleSetting? {
        get { settings[.rule(id)] }
        set { settings[.rule(id)] = newValue }
    }

    /// The setting that applies to a rule; nil if neither the rule nor one of its tags has one.
    public func setting(forRule id: String, tags: Set<RuleTag>) -> RuleSetting? {
        if let own = settings[.rule(id)] { return own }
        return tags.compactMap { settings[.tag($0)] }.max()
    }
}

extension RuleSettings: ExpressibleByDictionaryLiteral {
    /// Of several settings for the same rule or tag, the last one counts.
    public init(dictionaryLiteral elements: (RuleSelector, RuleSetting)...) {
        for (selector, setting) in elements { settings[selector] = setting }
    }
}
