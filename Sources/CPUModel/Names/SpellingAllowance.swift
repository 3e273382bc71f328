/// How far an unknown name may be from the known one that is suggested for it.
package struct SpellingAllowance: Sendable {
    /// Whether names are compared without case and separators when typing errors are counted.
    var ignoresCaseAndSeparators: Bool
    /// The most typing errors that an unknown name of `wanted` letters may have when the known one has `known`.
    var edits: @Sendable (_ wanted: Int, _ known: Int) -> Int
    /// When a name that was cut short is completed; nil for never.
    var completion: Completion?

    /// When a name that was cut short is completed.
    struct Completion: Sendable {
        /// The fewest letters of a name that is completed.
        var fewestLetters: Int
        /// Whether only one known name may begin with the letters.
        var mustBeUnique: Bool
    }

    /// For names of CPU models, features and vendors: up to a third of the letters may be wrong.
    ///
    /// Names of fewer than five letters are not corrected. Nearly every other name is then one letter away, and the
    /// nearest is a different feature rather than a typing error: `kvm` and `svm`, `tsx` and `tsc`, `pti` and `pni`.
    package static let cpuNames = SpellingAllowance(
        ignoresCaseAndSeparators: true, edits: { min($0, $1) < 5 ? 0 : $0 / 3 },
        completion: Completion(fewestLetters: 4, mustBeUnique: false))

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
