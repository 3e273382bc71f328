import DomainXML
import Testing

@testable import LanguageServer

@Suite("Positions and changes of a document")
struct TextDocumentTests {
    private func position(_ line: Int, _ character: Int) -> DocumentPosition { DocumentPosition(line: line, character: character) }

    @Test("A line ends at a line feed, at a carriage return, and at both")
    func lines() {
        let text = TextDocument("a\nbc\r\nd\re", .utf16)
        #expect(text.lineCount == 4)
        #expect((0..<4).map { text.text(text.line($0)) } == ["a", "bc", "d", "e"])
        #expect(text.offset(of: position(1, 99)) == 4)
        #expect(text.offset(of: position(2, 0)) == 6)
        #expect(text.offset(of: position(9, 0)) == 9)
        #expect(text.position(of: 5) == position(1, 2))
        #expect(TextDocument("a\n", .utf16).lineCount == 2)
        #expect(TextDocument("", .utf16).offset(of: position(0, 3)) == 0)
    }

    // U+1F600 has 4 bytes in UTF-8 and 2 units in UTF-16; U+E9 has 2 bytes.
    @Test("Columns count what was agreed on", arguments: [
        (PositionEncoding.utf8, [0, 2, 6, 7]), (.utf16, [0, 1, 3, 4]), (.utf32, [0, 1, 2, 3]),
    ])
    func columns(_ encoding: PositionEncoding, _ columns: [Int]) {
        let text = TextDocument("x\n\u{e9}\u{1f600}y", encoding)
        for (column, offset) in zip(columns, [2, 4, 8, 9]) {
            #expect(text.offset(of: position(1, column)) == offset)
            #expect(text.position(of: offset) == position(1, column))
        }
    }

    @Test("A column inside a character is its beginning")
    func inside() {
        #expect(TextDocument("\u{1f600}", .utf16).offset(of: position(0, 1)) == 0)
        #expect(TextDocument("\u{e9}", .utf8).offset(of: position(0, 1)) == 0)
    }

    @Test("After a change, the lines are those of the new text", arguments: [
        ("a\rb", 2..<2, "\n"), ("a\r\nb", 1..<2, ""), ("a\r\nb", 2..<3, ""), ("a\nb\nc", 1..<4, ""), ("\n", 0..<0, "\r"), ("\r\n", 1..<1, "x"), ("", 0..<0, "\n\n"),
        ("a\nb", 2..<2, "\n"), ("\r", 1..<1, "\n"),
    ])
    func changes(_ old: String, _ range: Range<Int>, _ new: String) {
        var text = TextDocument(old, .utf16)
        text.replace(range, with: new)
        let fresh = TextDocument(text.text(0..<text.bytes.count), .utf16)
        #expect((0..<text.lineCount).map { text.line($0) } == (0..<fresh.lineCount).map { fresh.line($0) })
    }

    @Test("Places in messages: lines end at line feeds for XML, at each ending for policies, and columns are characters")
    func messages() {
        let text = TextDocument("\u{feff}a\rb\n\u{1f600}c", .utf16)
        #expect(text.offset(of: SourcePosition(line: 1, column: 1), endsAtFeeds: true) == 3)
        #expect(text.offset(of: SourcePosition(line: 2, column: 2), endsAtFeeds: true) == 11)
        #expect(text.offset(of: SourcePosition(line: 3, column: 2), endsAtFeeds: false) == 11)
        #expect(text.offset(of: SourcePosition(line: 7, column: 1), endsAtFeeds: true) == 12)
        #expect(text.offset(of: SourcePosition(line: 7, column: 1), endsAtFeeds: false) == 12)
    }

    @Test("A file's URI states its path, with escapes", arguments: [
        ("file:///vms/a%20b.xml", "/vms/a b.xml"), ("file:/vms/a.xml", "/vms/a.xml"), ("file://localhost/a.xml", "/a.xml"),
        ("FILE:///%C3%A9.xml", "/\u{e9}.xml"), ("file:///50%.xml", "/50%.xml"), ("file://server/a.xml", nil), ("untitled:Untitled-1", nil),
        ("file:a.xml", nil), ("/a.xml", nil), ("file:///a%00b", nil),
    ] as [(String, String?)])
    func uri(_ uri: String, _ path: String?) {
        #expect(DocumentURI.path(of: uri)?.string == path)
    }

    @Test("The encoding in the declaration is that of the file, not of the text: it becomes blanks", arguments: [
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "<?xml version='1.0'                      ?><a/>"),
        ("<?xml version=\"1.0\" encoding = \"utf-16\" standalone='no'?>", "<?xml version=\"1.0\"                     standalone='no'?>"),
        ("<?xml version='1.0' encoding='UTF-8'?>", "<?xml version='1.0' encoding='UTF-8'?>"),
        ("<?xml version='1.0' encoding='EBCDIC-US'?>", "<?xml version='1.0' encoding='EBCDIC-US'?>"),
        ("<a encoding='ISO-8859-1'/>", "<a encoding='ISO-8859-1'/>"), ("<?xml encoding", "<?xml encoding"),
    ])
    func declaration(_ text: String, _ plain: String) {
        #expect(String(decoding: PlainDeclaration.plain(Array(text.utf8)), as: UTF8.self) == plain)
    }
}
