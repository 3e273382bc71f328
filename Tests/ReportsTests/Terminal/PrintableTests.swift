import Reports
import Testing

@Suite("Text for a terminal")
struct PrintableTests {
    @Test("Control characters become pictures, and characters that turn the direction of text become U+FFFD", arguments: [
        ("a\u{1b}[31mb", "a\u{241b}[31mb"), ("a\nb", "a\u{240a}b"), ("a\r\nb", "a\u{240d}\u{240a}b"), ("\0", "\u{2400}"), ("\u{1f}", "\u{241f}"),
        ("\u{7f}", "\u{2421}"), ("\u{80}", "\u{fffd}"), ("\u{9b}31m", "\u{fffd}31m"), ("\u{9f}", "\u{fffd}"),
        ("\u{202a}\u{202e}", "\u{fffd}\u{fffd}"), ("\u{2066}\u{2069}", "\u{fffd}\u{fffd}"),
    ])
    func replaced(_ text: String, _ shown: String) {
        #expect(printable(text) == shown)
    }

    @Test("Everything else stays, tabs too", arguments: [
        "", "plain", "a\tb", "\u{a0}é€😀", "e\u{301}", "~ \u{2029}\u{202f}\u{2065}\u{206a}",
    ])
    func kept(_ text: String) {
        #expect(printable(text).unicodeScalars.elementsEqual(text.unicodeScalars))
    }

    @Test("No text of any characters leaves a control character")
    func everything() {
        let all = String(String.UnicodeScalarView((0...0x3000).compactMap { Unicode.Scalar($0 as UInt32) }))
        let left = printable(all).unicodeScalars.filter { $0 != "\t" && $0.properties.generalCategory == .control }
        #expect(left.isEmpty)
        #expect(printable(all).unicodeScalars.count == all.unicodeScalars.count)
    }
}
