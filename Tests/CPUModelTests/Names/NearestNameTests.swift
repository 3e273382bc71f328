import Testing

@testable import CPUModel

struct NearestNameTests {
    func nearest(to word: String, among names: [String], _ allowance: SpellingAllowance) -> String? {
        var search = NearestName(allowance)
        for name in names { search.add(name, for: name) }
        return search.nearest(to: word)
    }

    @Test func caseAndSeparatorsComeFirst() {
        #expect(nearest(to: "a_B", among: ["abc", "a-b"], .words) == "a-b")
        #expect(nearest(to: "AVX_2", among: ["avx", "avx2"], .cpuNames) == "avx2")
    }

    @Test func fewestTypingErrorsWinAndThenTheFirstName() {
        #expect(nearest(to: "migraton", among: ["migrate", "migration"], .words) == "migration")
        #expect(nearest(to: "abcdex", among: ["abcdey", "abcdez"], .words) == "abcdey")
    }

    @Test func lettersBeyondASCIICountOnce() {
        #expect(nearest(to: "warnïng", among: ["warning"], .words) == "warning")
        #expect(nearest(to: "clzéro", among: ["clzero"], .cpuNames) == "clzero")
    }

    @Test func wordThatWasCutShortIsCompletedIfTheAllowanceSaysSo() {
        #expect(nearest(to: "warn", among: ["warning"], .words) == "warning")
        #expect(nearest(to: "warn", among: ["warning"], .completeWords) == nil)
        #expect(nearest(to: "wa", among: ["warning"], .words) == nil)
        #expect(nearest(to: "Skylake", among: ["Skylake-Client", "Skylake-Server"], .cpuNames) == "Skylake-Client")
        #expect(nearest(to: "host-p", among: ["host-passthrough", "host-power"], .words) == nil)
    }

    @Test(arguments: ["", "-", "zzz"])
    func nothingIsNear(word: String) {
        for allowance in [SpellingAllowance.words, .completeWords, .cpuNames] {
            #expect(nearest(to: word, among: ["warning", "avx2"], allowance) == nil)
        }
    }
}
