import Lint

/// The rules' keys in the policy's JSON Schema, which editors complete and describe.
enum RuleKeys {
    static func text(of rules: [Rule]) -> String {
        let lines = rules.map { rule in
            "        \(quoted(rule.id)): {\"description\": \(quoted(rule.summary)), \"$ref\": \"#/definitions/severity\"}"
        }
        return lines.joined(separator: ",\n") + "\n"
    }

    /// A JSON string. Summaries are one line, so that only quotes and backslashes need an escape.
    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
