/// The most characters of a word that a message shows. For longer words, no suggestion is looked for: no name in a
/// policy is longer.
let longestWord = 64

/// A word from a file in quotes, for a message.
///
/// Words longer than `longestWord` are cut. Control characters and characters that change the direction of text are
/// escaped, because they could make a terminal show something else than the message.
func quoted(_ word: String) -> String {
    var text = ""
    for scalar in word.unicodeScalars.prefix(longestWord) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator:
            text += "\\u{" + String(scalar.value, radix: 16) + "}"
        default:
            text.unicodeScalars.append(scalar)
        }
    }
    return "'" + text + (word.unicodeScalars.count > longestWord ? "…" : "") + "'"
}
