/// What the values of keys must be: mappings, lists, words, booleans.
extension PolicyReader {
    /// The values of a mapping by key. Any key except `keys` is an error.
    func fields(
        of node: YAMLNode, _ subject: String, keys: [String]
    ) throws(PolicyError) -> [String: YAMLNode] {
        guard case .mapping(let pairs) = node.value else {
            throw error(node, "\(subject) must be a mapping, not \(node.kindName)", help: "valid keys: \(list(keys))")
        }
        var fields: [String: YAMLNode] = [:]
        for pair in pairs {
            guard keys.contains(pair.name) else {
                throw error(
                    pair.key, "unknown key \(quoted(pair.name))\(didYouMean(nearest(pair.name, among: keys)))",
                    help: "valid keys of \(subject): \(list(keys))")
            }
            fields[pair.name] = pair.value
        }
        return fields
    }

    /// The pairs of a mapping whose keys the caller checks. A key without a value is an empty mapping, so that users
    /// can comment out all its lines.
    func pairs(of node: YAMLNode, _ key: String) throws(PolicyError) -> [YAMLNode.Pair] {
        if node.isNull { return [] }
        guard case .mapping(let pairs) = node.value else {
            throw error(
                node, "'\(key)' must be a mapping, not \(node.kindName)", help: "for example {host-passthrough: off}")
        }
        return pairs
    }

    /// The elements of a list. A key without a value is an empty list.
    func elements(of node: YAMLNode, _ key: String, example: String) throws(PolicyError) -> [YAMLNode] {
        if node.isNull { return [] }
        guard case .sequence(let elements) = node.value else {
            throw error(node, "'\(key)' must be a list, not \(node.kindName)", help: "for example \(example)")
        }
        return elements
    }

    func text(_ node: YAMLNode, of subject: String) throws(PolicyError) -> String {
        guard case .scalar(let text, _) = node.value, !node.isNull else {
            throw error(node, "\(subject) must be a word, not \(node.kindName)")
        }
        return text
    }

    /// The case of an enumeration that a word names.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ node: YAMLNode, of subject: String
    ) throws(PolicyError) -> Choice {
        let word = try text(node, of: subject)
        guard let choice = Choice(rawValue: word) else {
            let words = Choice.allCases.map(\.rawValue)
            throw error(
                node, "\(subject) cannot be \(quoted(word))\(didYouMean(nearest(word, among: words)))",
                help: oneOf(words))
        }
        return choice
    }

    /// A boolean of YAML 1.2. The other booleans of YAML 1.1, such as `yes` and `on`, are refused.
    func boolean(_ node: YAMLNode, of subject: String) throws(PolicyError) -> Bool {
        switch node.value {
        case .scalar("true", isPlain: true): return true
        case .scalar("false", isPlain: true): return false
        case .scalar(let word, let isPlain) where !node.isNull:
            let meant: String? =
                switch word.lowercased() {
                case "yes", "y", "on", "true": "true"
                case "no", "n", "off", "false": "false"
                default: isPlain ? nearest(word, among: ["true", "false"]) : nil
                }
            throw error(
                node, "\(subject) must be true or false, not \(isPlain ? "" : "the string ")\(quoted(word))"
                    + didYouMean(meant))
        default:
            throw error(node, "\(subject) must be true or false, not \(node.kindName)")
        }
    }

    func error(_ node: YAMLNode, _ message: String, help: String? = nil) -> PolicyError {
        PolicyError(file: files[node.document], line: node.line, column: node.column, message: message, help: help)
    }

    func list(_ words: [String]) -> String { words.joined(separator: ", ") }
    func oneOf(_ words: [String]) -> String { "use one of \(list(words))" }
}
