import Lint
import Reports

/// The keys of `rules` in the policy's JSON Schema: the tags, then the rules. Editors complete these keys and show
/// their descriptions.
enum RuleKeys {
    static func text(of rules: [Rule]) -> String {
        let tags = RuleTag.allCases.map {
            line(RuleSelector.tag($0).description, "All rules about \($0.rawValue): \($0.meaning)")
        }
        return (tags + rules.map { line($0.id, $0.summary) }).joined(separator: ",\n") + "\n"
    }

    private static func line(_ key: String, _ description: String) -> String {
        let description = JSONValue(description).text
        return "        \(JSONValue(key).text): {\"description\": \(description), \"$ref\": \"#/definitions/severity\"}"
    }
}
