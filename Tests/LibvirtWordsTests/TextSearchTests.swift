import LibvirtWords
import Testing

@Suite("Searches by bytes")
struct TextSearchTests {
    @Test("The first place of some bytes is found", arguments: [
        ("abcabc", "bc", 1), ("aab", "ab", 1), ("ababac", "abac", 2), ("abc", "abc", 0), ("abc", "", 0), ("", "", 0),
        ("abc", "c", 2), ("abc", "cd", nil), ("ab", "abc", nil), ("", "a", nil), ("ä\u{301}b", "\u{301}b", 2),
    ] as [(String, String, Int?)])
    func first(_ text: String, _ word: String, _ place: Int?) {
        let range = place.map { $0..<$0 + word.utf8.count }
        #expect(Array(text.utf8).firstOccurrence(of: word.utf8) == range)
        let found = text.firstOccurrence(of: word)
        #expect(found.map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) } == place)
        #expect(found.map { String(text[$0]) } == place.map { _ in word })
        #expect(text.includes(word) == (place != nil))
    }

    @Test("A place in a slice is one of the whole")
    func slices() {
        let bytes = Array("a:b:c".utf8)
        #expect(bytes[2...].firstOccurrence(of: ":".utf8) == 3..<4)
        let text = "a:b:c"
        #expect(text[text.index(text.startIndex, offsetBy: 2)...].firstOccurrence(of: ":").map { text[$0.upperBound...] } == "c")
    }

    @Test("Places do not overlap")
    func occurrences() {
        let text = "aaaa a"
        #expect(text.occurrences(of: "aa").map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) } == [0, 2])
        #expect(text.occurrences(of: "b").isEmpty)
    }

    @Test("Parts are what stands around the separators", arguments: [
        ("a, b, c", Int.max, ["a", "b", "c"]), ("a, b, c", 2, ["a", "b, c"]), ("a, b, c", 1, ["a, b, c"]), (", a, ", .max, ["", "a", ""]),
        ("a,b", .max, ["a,b"]), ("", .max, [""]), (", ", .max, ["", ""]), (", , ", .max, ["", "", ""]),
    ])
    func parts(_ text: String, _ most: Int, _ parts: [String]) {
        #expect(text.parts(separatedBy: ", ", most: most).map(String.init) == parts)
    }

    @Test("Each place is replaced, and the replacement is not searched", arguments: [
        ("a--b---c", "--", "- -", "a- -b- --c"), ("--", "--", "----", "----"), ("abc", "x", "y", "abc"), ("aa", "a", "", ""),
        ("e\u{301}e", "e", "E", "E\u{301}E"), ("\r\n", "\n", "x", "\rx"),
    ])
    func replacing(_ text: String, _ word: String, _ other: String, _ result: String) {
        #expect(Array(text.replacingEach(word, with: other).utf8) == Array(result.utf8))
    }
}
