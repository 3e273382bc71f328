import CPUModel

/// The candidate that an unknown word most likely means; nil when none is near. The word itself is never suggested.
///
/// A word that was cut short (`warn`) is completed if only one candidate begins with it (`warning`).
func nearest(_ word: String, among candidates: [String]) -> String? {
    nearest(word, among: candidates, .words)
}

/// Returns the nearest candidate, as `nearest` does, but does not complete a word that was cut short: only typing
/// errors are corrected.
func nearMiss(_ word: String, among candidates: [String]) -> String? {
    nearest(word, among: candidates, .completeWords)
}

private func nearest(_ word: String, among candidates: [String], _ allowance: SpellingAllowance) -> String? {
    var names = NearestName(allowance)
    for candidate in candidates where candidate != word { names.add(candidate, for: candidate) }
    return names.nearest(to: word)
}

/// The end of a message about an unknown word: ` (did you mean 'x'?)`, or nothing when none of the candidates is near.
package func suggestion(for word: String, among candidates: [String]) -> String {
    didYouMean(nearest(word, among: candidates))
}

/// The end of a message: ` (did you mean 'x'?)`, or nothing when there is no suggestion.
package func didYouMean(_ suggestion: String?) -> String {
    suggestion.map { " (did you mean '\($0)'?)" } ?? ""
}
