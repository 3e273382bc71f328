import Testing
import XMLTree

@Suite("Documents that are refused")
struct XMLTreeErrorTests {
    private func refusal(_ text: String) -> XMLTreeError? {
        do throws(XMLTreeError) {
            _ = try XMLElement(parsing: Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test("An error has the line and the column in characters, and one line of words", arguments: [
        ("<a>\n  <b></c>\n</a>", 2, 10, "tag mismatch"), ("<a>\n\n", 3, 1, "a line"), ("<a/>\n<b/>", 2, 1, "Extra content"),
        ("<a é='1' é='2'/>", 1, 15, "redefined"), ("<a>ééé</b>", 1, 11, "mismatch"), ("<a>&nbsp;</a>", 1, 10, "nbsp"), ("hello", 1, 1, "Start tag expected"),
    ])
    func place(_ text: String, line: Int, column: Int, words: String) throws {
        let error = try #require(refusal(text))
        #expect(error.line == line && error.column == column && error.message.contains(words), "\(error)")
        #expect(!error.message.contains("\n") && !error.message.isEmpty)
    }

    @Test("Input without a document is refused at its beginning", arguments: ["", " ", "<!-- only a comment -->"])
    func empty(_ text: String) throws {
        let error = try #require(refusal(text))
        #expect(error.line == 1 && !error.message.isEmpty, "\(error)")
    }

    @Test("A DOCTYPE is refused, so no entity can be declared")
    func documentType() {
        for text in ["<!DOCTYPE a [<!ENTITY x 'y'>]><a/>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>\n<a/>"] {
            let error = refusal(text)
            #expect(error?.message == "a DOCTYPE is not allowed" && error?.line == 1 && error?.column == 1, "\(text)")
        }
    }

    @Test("Elements may be nested 256 deep, and no deeper")
    func depth() throws {
        func nested(_ depth: Int) -> String { String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth) }
        #expect(refusal(nested(256)) == nil)
        #expect(try #require(refusal(nested(2000))).message.contains("depth"))
    }

    @Test("A value of more than 10 MB is refused")
    func size() throws {
        let long = String(repeating: "x", count: 10_000_001)
        #expect(refusal("<a b='\(long.dropLast(1_000_000))'/>") == nil)
        #expect(try #require(refusal("<a b='\(long)'/>")).line == 1)
    }
}
