/// Shortens a text of more than 2000 bytes. Names come from definitions, and in a hostile one they can be megabytes
/// long.
package func shortened(_ text: String) -> String {
    let limit = 2000
    guard text.utf8.count > limit else { return text }
    return String(text.unicodeScalars.prefix(limit)) + "\u{2026}"
}
