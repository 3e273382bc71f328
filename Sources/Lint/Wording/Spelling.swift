import CPUModel

/// The candidate that `word` most likely means; nil when none is near enough. Never returns `word` itself.
///
/// Three kinds of candidates are tried, in this order: one that differs only in case and separators; the one with the
/// fewest typing errors; and the only one that begins with `word` (`warning` for `warn`).
func nearest(_ word: String, among candidates: [String]) -> String? {
    if let nearMiss = nearMiss(word, among: candidates) { return nearMiss }
    let continuations = candidates.filter { $0.hasPrefix(word) && $0 != word }
    return word.count >= 3 && continuations.count == 1 ? continuations[0] : nil
}

/// As `nearest`, but without the third kind: a longer candidate that begins with `word` is not returned.
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

/// ` (did you mean 'x'?)` for the end of a message; empty without a suggestion.
func didYouMean(_ suggestion: String?) -> String {
    suggestion.map { " (did you mean '\($0)'?)" } ?? ""
}

/// The number of typing errors that a word of this length may have.
private func allowance(_ length: Int) -> Int {
    switch length {
    case ...5: 1
    case ...9: 2
    default: 3
    }
}

/// The word in lower case and without separators.
private func folded(_ word: String) -> String {
    word.lowercased().filter { !"-_. ".contains($0) }
}
