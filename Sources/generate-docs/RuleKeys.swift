import Lint
import Reports

/// The rules' keys in the policy's JSON Schema, which editors complete and describe.
enum RuleKeys {
    static func text(of rules: [Rule]) -> String {
        let lines = rules.map { rule in
            let description = JSONValue(rule.summary).text
            return "        \(JSONValue(rule.id).text): {\"description\": \(description), \"$ref\": \"#/definitions/severity\"}"
        }
        return lines.joined(separator: ",\n") + "\n"
    }
}
