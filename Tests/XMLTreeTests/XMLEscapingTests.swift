import Testing
import XMLTree

@Suite("Text as XML")
struct XMLEscapingTests {
    @Test("The five characters that have a meaning in XML become entities", arguments: [
        ("a & b", "a &amp; b"), ("<a>", "&lt;a&gt;"), ("it's \"it\"", "it&apos;s &quot;it&quot;"), ("&amp;", "&amp;amp;"),
        ("]]>", "]]&gt;"), ("é€🙂", "é€🙂"), ("", ""),
    ])
    func entities(_ text: String, escaped: String) { #expect(text.xmlEscaped == escaped) }

    @Test("Escaped text is read back as it was, in content and in both kinds of quotation marks", arguments: [
        "plain", "&<>'\"", "]]>", "<!-- -->", "&#65;", "e\u{301}\u{1F642}",
    ])
    func reading(_ text: String) throws {
        let escaped = text.xmlEscaped
        let root = try XMLElement(parsing: Array("<a one='\(escaped)' two=\"\(escaped)\">\(escaped)</a>".utf8))
        #expect(root["one"] == text && root["two"] == text && root.text == text)
        #expect(root.children.isEmpty)
    }
}
