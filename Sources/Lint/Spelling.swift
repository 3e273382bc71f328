import CPUModel

/// The candidate that was probably meant by `word`, or nil. `word` itself is never suggested.
///
/// A candidate that differs only in case and separators comes first, then the one with the fewest slips of the
/// finger, then the only one that starts with the word (`warn`, `warning`).
func nearest(_ word: String, among candidates: [String]) -> String? {
    if let nearMiss = nearMiss(word, among: candidates) { return nearMiss }
    let continuations = candidates.filter { $0.hasPrefix(word) && $0 != word }
    return word.count >= 3 && continuations.count == 1 ? continuations[0] : nil
}

/// As `nearest`, without completing what was cut short: only what a typing error explains.
func nearMiss(_ word: String, among candidates: [String]) -> String? {
    let letters = Array(word.unicodeScalars.prefix(longestWord + 1))
    guard !letters.isEmpty, letters.count <= longestWord else { return nil }
    let others = candidates.filter { $0 != word }
    let plain = folded(word)
    if let same = others.first(where: { folded($0) == plain }) { return same }

    var best: (candidate: String, distance: Int)?
    for candidate in others {
        let other = Array(candidate.unicodeScalars)
        let allowed = min(allowance(other.count), (best?.distance ?? .max) - 1)
        guard abs(other.count - letters.count) <= allowed else { continue }
        let distance = editDistance(letters, other)
        if distance <= allowed { best = (candidate, distance) }
    }
    return best?.candidate
}

/// ` (did you mean 'x'?)`, or nothing, for the end of a message.
func didYouMean(_ suggestion: String?) -> String {
    suggestion.map { " (did you mean '\($0)'?)" } ?? ""
}

/// A word from a file, for a message: in quotes, cut to a length that a terminal bears, and without the control
/// and direction characters that could rewrite what the terminal shows.
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

/// No name in a policy is longer, so no longer word is a misspelt one.
private let longestWord = 64

/// How many slips a word of this length may have and still be recognised.
private func allowance(_ length: Int) -> Int {
    switch length {
    case ...5: 1
    case ...9: 2
    default: 3
    }
}

/// The word without case and separators.
private func folded(_ word: String) -> String {
    word.lowercased().filter { !"-_. ".contains($0) }
}
