/// A search for the known name that an unknown one most likely means: "did you mean".
///
/// The search tries three things in this order:
/// 1. a name that differs only by case and separators (`_`, `-`, `.`, space);
/// 2. the name that takes the fewest typing errors, if the allowance permits that many;
/// 3. a longer name that begins with the unknown one, if the allowance completes names.
package struct NearestName: Sendable {
    private struct Candidate {
        /// What is compared: the spelling in lower case without separators, or as it is written.
        var letters: [Unicode.Scalar]
        /// The spelling in lower case without separators.
        var folded: [Unicode.Scalar]
        /// The name that is returned.
        var name: String
    }

    private let allowance: SpellingAllowance
    private var candidates: [Candidate] = []

    /// A search among no names yet.
    package init(_ allowance: SpellingAllowance) { self.allowance = allowance }

    /// Adds a name, or another spelling of one. Of two equally near spellings, the one added first is taken.
    package mutating func add(_ spelling: String, for name: String) {
        let folded = Self.folded(spelling)
        candidates.append(Candidate(letters: letters(of: spelling, folded), folded: folded, name: name))
    }

    /// The name that `unknown` most likely means; nil when no name is near.
    package func nearest(to unknown: String) -> String? {
        let folded = Self.folded(unknown)
        if folded.isEmpty { return nil }
        if let same = candidates.first(where: { $0.folded == folded }) { return same.name }

        let wanted = letters(of: unknown, folded)
        var best: (distance: Int, name: String)?
        for candidate in candidates {
            let letters = candidate.letters
            let allowed = min(allowance.edits(wanted.count, letters.count), (best?.distance ?? .max) - 1)
            if allowed < 1 || abs(letters.count - wanted.count) > allowed { continue }
            let distance = editDistance(wanted, letters)
            if distance <= allowed, allowance.isLikely(wanted, letters) { best = (distance, candidate.name) }
        }
        return best?.name ?? completion(of: wanted)
    }

    private func completion(of wanted: [Unicode.Scalar]) -> String? {
        guard let completion = allowance.completion, wanted.count >= completion.fewestLetters else { return nil }
        var longer = candidates.lazy.filter { $0.letters.starts(with: wanted) }.makeIterator()
        guard let first = longer.next() else { return nil }
        return completion.mustBeUnique && longer.next() != nil ? nil : first.name
    }

    private func letters(of spelling: String, _ folded: [Unicode.Scalar]) -> [Unicode.Scalar] {
        allowance.ignoresCaseAndSeparators ? folded : Array(spelling.unicodeScalars)
    }

    private static func folded(_ spelling: String) -> [Unicode.Scalar] {
        spelling.unicodeScalars.compactMap { scalar in
            switch scalar {
            case "A"..."Z": Unicode.Scalar(scalar.value | 0x20)
            case "_", "-", ".", " ": nil
            default: scalar
            }
        }
    }
}
