/// The settings of rules that one place states: a policy, one of its guest entries, or the command line.
///
/// A setting applies to one rule, or to all rules with a tag. The setting of the rule itself comes first. If there is
/// none, and several of the rule's tags are set, the strictest of these settings applies.
public struct RuleSettings: Equatable, Sendable {
    private var ofRules: [String: RuleSetting] = [:]
    private var ofTags: [RuleTag: RuleSetting] = [:]

    /// No settings.
    public init() {}

    /// No rule and no tag has a setting.
    public var isEmpty: Bool { ofRules.isEmpty && ofTags.isEmpty }

    /// The setting that is stated for exactly this rule or tag; nil if there is none.
    public subscript(selector: RuleSelector) -> RuleSetting? {
        get {
            switch selector {
            case .rule(let id): ofRules[id]
            case .tag(let tag): ofTags[tag]
            }
        }
        set {
            switch selector {
            case .rule(let id): ofRules[id] = newValue
            case .tag(let tag): ofTags[tag] = newValue
            }
        }
    }

    /// The setting that is stated for the rule with this id, without regard to its tags; nil if there is none.
    public subscript(id: String) -> RuleSetting? {
        get { ofRules[id] }
        set { ofRules[id] = newValue }
    }

    /// The setting that applies to a rule; nil if neither the rule nor one of its tags has one.
    ///
    /// - Parameters:
    ///   - id: the id of the rule.
    ///   - tags: the tags of the rule. They are evaluated only if they decide: the tags of all rules take time to
    ///     build, and most policies set no tag.
    public func setting(forRule id: String, tags: @autoclosure () -> Set<RuleTag>) -> RuleSetting? {
        if let own = ofRules[id] { return own }
        return ofTags.isEmpty ? nil : tags().compactMap { ofTags[$0] }.max()
    }
}

extension RuleSettings: ExpressibleByDictionaryLiteral {
    /// Of several settings for the same rule or tag, the last one counts.
    public init(dictionaryLiteral elements: (RuleSelector, RuleSetting)...) {
        for (selector, setting) in elements { self[selector] = setting }
    }
}
