import CPUModel
import Testing

@Suite("Patterns of signatures")
struct SignaturePatternTests {
    @Test("A stepping is one of those of the pattern, and one that no processor can have is none", arguments: [
        4: false, 5: true, 7: true, 8: false, 15: false, 16: false, 21: false, 600_000: false, -1: false, Int.min: false, Int.max: false,
    ])
    func steppings(_ stepping: Int, _ isMatched: Bool) {
        let signature = CPUSignature(family: 6, model: 85, stepping: stepping)
        #expect(SignaturePattern(family: 6, model: 85, steppings: 0b1110_0000).matches(signature) == isMatched)
        #expect(SignaturePattern(family: 6, model: 85).matches(signature) == (0...15).contains(stepping))
        #expect(!SignaturePattern(family: 6, model: 86).matches(signature))
    }
}
