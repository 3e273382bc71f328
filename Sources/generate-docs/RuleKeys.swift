import Lint
import Reports

/// The rules' keys in the policy's JSON Schema, which editors complete and describe: the tags, then the rules.
enum RuleKeys {
    static func text(of rules: [Rule]) -> String {
        let tags = RuleTag.allCases.map { line(RuleSelector.tag($0).description, "All rules about \($0.rawValue): \($0.meaning)") }
        return (tags + rules.map { line($0.id, $0.summary) }).joined(separator: ",\n") + "\n"
    }

    private static func line(_ key: String, _ description: String) -> String {
        let description = JSONValue(description).text
        return "        \(JSONValue(key).text): {\"description\": \(description), \"$ref\": \"#/definitions/severity\"}"
    }
}
