import Testing
import XMLTree

@Suite("Documents as trees")
struct XMLElementTests {
    private func read(_ text: String) throws(XMLTreeError) -> XMLElement { try XMLElement(parsing: Array(text.utf8)) }

    @Test("Elements, attributes and text are decoded, in document order")
    func tree() throws {
        let root = try read("""
            <?xml version='1.0'?>
            <!-- a comment -->
            <a one='1 &amp; 2' two="&#x41;">
              <b>x</b><c/>
              <b>y &lt; z<![CDATA[ & <more>]]></b>
            </a>
            """)
        #expect(root.name == "a" && root["one"] == "1 & 2" && root["two"] == "A" && root["three"] == nil)
        #expect(root.children.map(\.name) == ["b", "c", "b"])
        #expect(root.child("b")?.text == "x" && root.child("d") == nil)
        #expect(root.children("b").map(\.text) == ["x", "y < z & <more>"])
        let empty = try #require(root.child("c"))
        #expect(empty.attributes.isEmpty && empty.children.isEmpty && empty.text == "" && empty.line == 4)
    }

    @Test("Each element knows the line of its start tag")
    func lines() throws {
        let root = try read("<a>\n\n<b\n one='1'/>\r\n<c>\n</c></a>\n")
        #expect(root.line == 1 && root.children.map(\.line) == [4, 5])
    }

    @Test("Prefixes are dropped from the names of elements and attributes")
    func prefixes() throws {
        let root = try read("<p:a xmlns:p='urn:p' p:one='1'><p:b/></p:a>")
        #expect(root.name == "a" && root["one"] == "1" && root.children.map(\.name) == ["b"])
    }

    @Test("UTF-16 is read as UTF-8 is")
    func encodings() throws {
        let text = "<?xml version='1.0' encoding='UTF-16'?><a>é€</a>"
        let bytes: [[UInt8]] = text.utf16.map { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        #expect(try XMLElement(parsing: [0xff, 0xfe] + bytes.joined()).text == "é€")
    }

    @Test("As many namespaces and names as libxml2 can bear are read, and one more is refused with its place")
    func limits() throws {
        func namespaces(_ count: Int) -> String {
            "<a>\n" + (0..<2).map { half in
                "<b" + (0..<count / 2 + half * (count % 2)).map { " xmlns:n\(half)-\($0)='u'" }.joined() + ">"
            }.joined() + "</b></b></a>"
        }
        #expect(try read(namespaces(1024)).children.count == 1)
        let scope = #expect(throws: XMLTreeError.self) { try read(namespaces(1025)) }
        #expect(scope?.message == "more than 1024 namespaces in scope" && scope?.line == 2)
        func names(_ count: Int) -> String { "<a>\n" + (0..<count).map { "<n\($0)/>" }.joined() + "</a>" }
        #expect(try read(names(65_000)).children.count == 65_000)
        let many = #expect(throws: XMLTreeError.self) { try read(names(66_000)) }
        #expect(many?.message == "more than 65536 different names of elements and attributes in one document" && many?.line == 2)
    }
}
