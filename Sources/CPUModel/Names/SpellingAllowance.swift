/// How far an unknown name may be from the known one that is suggested for it.
package struct SpellingAllowance: Sendable {
    /// Whether names are compared without case and separators when typing errors are counted.
    var ignoresCaseAndSeparators: Bool
    /// The most typing errors that an unknown name of `wanted` letters may have when the known one has `known`.
    var edits: @Sendable (_ wanted: Int, _ known: Int) -> Int
    /// Whether a typing error in the known name is likelier than a name that nobody here knows.
    var isLikely: @Sendable (_ wanted: [Unicode.Scalar], _ known: [Unicode.Scalar]) -> Bool = { _, _ in true }
    /// When a name that was cut short is completed; nil for never.
    var completion: Completion?

    /// When a name that was cut short is completed.
    struct Completion: Sendable {
        /// The fewest letters of a name that is completed.
        var fewestLetters: Int
        /// Whether only one known name may begin with the letters.
        var mustBeUnique: Bool
    }

    /// For names of CPU models and vendors: one letter may be wrong, and in longer names a third of them.
    ///
    /// Names of fewer than four letters are not corrected: nearly every other name is then one letter away.
    package static let cpuNames = cpuNames(replacingFrom: 4)

    /// As `cpuNames`, for names of features, which are shorter and of which there are many. In names of up to five letters, a
    /// replaced letter is rather another feature than a typing error: `avic` and `apic`, `smap` and `smep`, `fsrc` and
    /// `fsrm`. A letter too many, a missing one, or two that are swapped are corrected.
    package static let featureNames = cpuNames(replacingFrom: 6)

    /// - Parameter replacingFrom: the fewest letters of a name in which a replaced letter counts as a typing error.
    private static func cpuNames(replacingFrom fewest: Int) -> SpellingAllowance {
        SpellingAllowance(
            ignoresCaseAndSeparators: true,
            edits: { wanted, known in min(wanted, known) < 4 ? 0 : wanted < 7 ? 1 : wanted / 3 },
            isLikely: { wanted, known in
                guard wanted.count < 7 else { return true }
                // The shortest are completed if something is missing at the end, and other digits make another name.
                if wanted.count < 5 && known.starts(with: wanted) || digits(wanted) != digits(known) { return false }
                return wanted.count >= fewest || wanted.count != known.count || wanted.sorted() == known.sorted()
            },
            completion: Completion(fewestLetters: 4, mustBeUnique: false))
    }

    private static func digits(_ letters: [Unicode.Scalar]) -> [Unicode.Scalar] {
        letters.filter { ("0"..."9").contains($0) }.sorted()
    }

    /// For words of which there are few, such as valid keys of a policy: up to three typing errors, depending on the
    /// length of the known word.
    package static let words = SpellingAllowance(
        ignoresCaseAndSeparators: false,
        edits: { _, known in
            switch known {
            case ...5: 1
            case ...9: 2
            default: 3
            }
        },
        completion: Completion(fewestLetters: 3, mustBeUnique: true))

    /// As `words`, but a word that was cut short is not completed.
    package static let completeWords = SpellingAllowance(
        ignoresCaseAndSeparators: false, edits: words.edits, completion: nil)
}
