extension YAMLNode {
    /// The value as YAML in one line, which reads as the same value.
    var text: String {
        switch value {
        case .scalar(let text, let isPlain): isPlain && Self.isPlainEverywhere(text) ? text : Self.quotedText(text)
        case .sequence(let elements): "[\(elements.map(\.text).joined(separator: ", "))]"
        case .mapping(let pairs): "{\(pairs.map { "\($0.key.text): \($0.value.text)" }.joined(separator: ", "))}"
        }
    }

    /// A word without a place.
    static func word(_ text: String) -> YAMLNode { YAMLNode(value: .scalar(text, isPlain: true), line: 0, column: 0) }

    /// Whether a plain scalar means the same in any place.
    private static func isPlainEverywhere(_ text: String) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        }
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || "._-+/".utf8.contains($0) }
    }

    /// A scalar in double quotes, with the escapes of YAML 1.1.
    private static func quotedText(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case " "..."~": quoted.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        return quoted + "\""
    }
}
