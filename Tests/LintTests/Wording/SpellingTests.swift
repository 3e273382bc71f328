import CPUModel
import Testing

@testable import Lint

@Suite("Suggestions for misspelt words")
struct SpellingTests {
    @Test("The nearest word is found", arguments: [
        ("host-passtrough", "host-passthrough"), ("HOST_PASSTHROUGH", "host-passthrough"),
        ("hypervisor-defualt", "hypervisor-default"), ("check.none", "check-none"), ("cpu-not-defalt", "cpu-not-default"),
        ("unknown-modle", "unknown-model"), ("fallback", "fallback-allow"),
    ])
    func nearestWord(word: String, meant: String) {
        #expect(nearest(word, among: someRules) == meant)
    }

    @Test("Nothing is suggested for a word that is known, ambiguous or far from all others", arguments: ["", "x", "unknown", "host-passthrough", "topology", String(repeating: "host", count: 5000)])
    func nothing(word: String) {
        #expect(nearest(word, among: someRules) == nil)
    }

    @Test("A word that differs only in case and separators comes before one with a typing error") func order() {
        #expect(nearest("sse4_1", among: ["sse4-2", "sse4.1"]) == "sse4.1")
        #expect(nearest("ab", among: ["abc", "a-b"]) == "a-b")
    }

    @Test("The distance counts typing errors", arguments: [
        ("", "", 0), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abxc", 1), ("abc", "xbc", 1),
        ("ca", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 1),
    ])
    func distance(a: String, b: String, distance: Int) {
        #expect(editDistance(Array(a.unicodeScalars), Array(b.unicodeScalars)) == distance)
        #expect(editDistance(Array(b.unicodeScalars), Array(a.unicodeScalars)) == distance)
    }
}
