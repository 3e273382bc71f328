import Lint
import Reports

/// ArgumentParser's message about a value that is none of an option's words.
enum InvalidValue {
    /// The message with the word that was most likely meant; nil for another message, and where no word is near.
    static func message(_ message: String) -> String? {
        guard let parts = message.prefixMatch(of: /Error: The value '(.*)' is invalid for '[^']*'/),
            let list = message[parts.range.upperBound...].firstMatch(of: /Please provide one of (.*(?:\n  - .*)*)/)
        else { return nil }
        let words = list.1.matches(of: /'([^']*)'|\n  - (.*)/).map { String($0.1 ?? $0.2 ?? "") }
        let meant = suggestion(for: String(parts.1), among: words)
        if meant.isEmpty { return nil }
        return message[..<parts.range.upperBound] + meant + message[parts.range.upperBound...]
    }
}
