/// What a key of a policy's `rules`, or `--rule`, stands for: one rule, or all rules with a tag.
public enum RuleSelector: Hashable, Sendable, CustomStringConvertible {
    /// The rule with this id.
    case rule(String)
    /// All rules with this tag.
    case tag(RuleTag)

    /// What a key begins with if a tag follows.
    private static let tagPrefix = "tag:"

    /// Reads a key: the id of a rule, or `tag:` and the name of a tag.
    ///
    /// - Parameters:
    ///   - key: as it stands in a policy or in `--rule`.
    ///   - knownRules: the ids that are allowed.
    public init(_ key: String, knownRules: [String]) throws(RuleSelectorError) {
        if key.hasPrefix(Self.tagPrefix) {
            let name = String(key.dropFirst(Self.tagPrefix.count))
            guard let tag = RuleTag(rawValue: name) else {
                let tags = RuleTag.allCases.map(\.rawValue)
                throw RuleSelectorError(
                    message: "unknown tag \(quoted(name))\(didYouMean(nearest(name, among: tags)))",
                    help: "use one of \(tags.joined(separator: ", "))")
            }
            self = .tag(tag)
        } else if knownRules.contains(key) {
            self = .rule(key)
        } else {
            throw RuleSelectorError(message: "unknown rule \(quoted(key))\(didYouMean(Self.meant(by: key, knownRules)))")
        }
    }

    /// The key that an unknown one most likely means. The user may have left out the prefix of a tag.
    private static func meant(by key: String, _ knownRules: [String]) -> String? {
        if RuleTag(rawValue: key) != nil { return tagPrefix + key }
        return nearest(key, among: knownRules) ?? nearMiss(key, among: RuleTag.allCases.map { tagPrefix + $0.rawValue })
    }

    /// The key as it is written in a policy.
    public var description: String {
        switch self {
        case .rule(let id): id
        case .tag(let tag): Self.tagPrefix + tag.rawValue
        }
    }
}

extension RuleSelector: ExpressibleByStringLiteral {
    /// The rule with this id. The id is not checked.
    public init(stringLiteral id: String) { self = .rule(id) }
}
