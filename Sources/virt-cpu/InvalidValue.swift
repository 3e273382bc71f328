import LibvirtWords
import Lint
import Reports

/// ArgumentParser's message about a value that is none of an option's words.
enum InvalidValue {
    /// The message with the word that was most likely meant; nil for another message, and where no word is near.
    static func message(_ message: String) -> String? {
        let opening = "Error: The value '"
        guard message.hasPrefix(opening) else { return nil }
        let line = message.dropFirst(opening.count).prefix { $0 != "\n" }
        // The value can contain such words; the option, which follows it, cannot.
        guard let middle = line.occurrences(of: "' is invalid for '").last,
            let quote = line[middle.upperBound...].firstIndex(of: "'")
        else { return nil }
        let end = message.index(after: quote)
        let meant = suggestion(for: String(line[..<middle.lowerBound]), among: words(in: message[end...]))
        return meant.isEmpty ? nil : message[..<end] + meant + message[end...]
    }

    /// The words that the option accepts: quoted in one line (`one of 'error' or 'never'.`), or one on each of the next lines
    /// (`  - json`).
    private static func words(in text: Substring) -> [String] {
        guard let start = text.firstOccurrence(of: "Please provide one of ")?.upperBound else { return [] }
        let lines = text[start...].split(separator: "\n", omittingEmptySubsequences: false)
        let parts = lines[0].split(separator: "'", omittingEmptySubsequences: false)
        let quoted = stride(from: 1, to: parts.count - 1, by: 2).map { String(parts[$0]) }
        return quoted + lines.dropFirst().prefix { $0.hasPrefix("  - ") }.map { String($0.dropFirst(4)) }
    }
}
