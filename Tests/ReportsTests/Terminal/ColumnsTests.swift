import Reports
import Testing

@Suite("Columns and paragraphs")
struct ColumnsTests {
    @Test("Padding fills up to the width and never cuts", arguments: [
        ("", 3, "   "), ("ab", 4, "ab  "), ("abcd", 4, "abcd"), ("abcde", 4, "abcde"), ("é", 2, "é "), ("a", 0, "a"),
    ])
    func padding(_ text: String, _ width: Int, _ padded: String) {
        #expect(Reports.padded(text, to: width) == padded)
    }

    @Test("Values of labelled lines stand in one column, and are safe for a terminal")
    func labels() {
        #expect(labelled([("CPU", "EPYC"), ("brand string", "AMD \u{1b}EPYC"), ("", "x")]) == """
              CPU           EPYC
              brand string  AMD \u{241b}EPYC
                            x

            """)
        #expect(labelled([("a", "b")], indent: 0) == "a  b\n")
        #expect(labelled([]) == "")
    }

    @Test("Lines are broken between words; a word that is too long has a line of its own")
    func wrapping() {
        #expect(wrapped("one two three four", to: 9) == "one two\nthree\nfour")
        #expect(wrapped("a incomprehensibilities b", to: 6) == "a\nincomprehensibilities\nb")
        #expect(wrapped("first\n\nsecond paragraph", to: 8) == "first\n\nsecond\nparagraph")
        #expect(wrapped("", to: 8) == "")
        let long = (0..<200).map { "word\($0)" }.joined(separator: " ")
        let lines = wrapped(long).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(lines.joined(separator: " ") == long)
        #expect(lines.dropLast().allSatisfy { $0.count > 70 }, "lines are filled")
    }

    @Test("Indented text loses its empty lines")
    func indentation() {
        #expect(indented("a\n\n  b\n") == "    a\n      b\n")
        #expect(indented("") == "")
    }

    @Test("A number takes the plural unless it is one", arguments: [(0, "0 files"), (1, "1 file"), (2, "2 files"), (21, "21 files")])
    func counts(_ number: Int, _ text: String) {
        #expect(count(number, "file") == text)
    }
}
