import DomainXML
import Testing

@Suite("Limits")
struct LimitTests {
    @Test("Nesting, the size of a domain and the size of an attribute are limited")
    func limits() {
        func kind(_ text: String, maximum: Int = 1 << 20) -> MalformedInput.Kind? {
            do { _ = try Recorder.read(Array(text.utf8), maximumDomainSize: maximum) } catch let error as MalformedInput { return error.kind } catch {}
            return nil
        }
        #expect(kind(String(repeating: "<a>", count: 100_000)) == .refused)
        let long = String(repeating: "x", count: 2 << 20)
        #expect(kind("<domain><title>\(long)</title></domain>") == .tooLarge)
        #expect(kind("<domain><title>\(long)</title></domain>", maximum: 3 << 20) == nil)
        #expect(kind("<domain a='\(long)\(long)\(long)\(long)\(long)\(long)'/>", maximum: 64 << 20) == .refused)
    }

    @Test(
        "A domain may have 65,536 parts, and so may each domain of a list; one more is refused",
        arguments: [
            ("<cpu>", "<feature name='a'/>", "</cpu>"), ("<cpu>", "<a/>", "</cpu>"), ("<cpu>", "<!---->", "</cpu>"), ("<cpu>", "<?a?>", "</cpu>"),
            ("", "<!---->", ""), ("<cpu/>", "<cpu/>", ""), ("<clock>", "<timer/>", "</clock>"), ("<features><hyperv>", "<a/>", "</hyperv></features>"),
            ("<features>", "<pmu/>", "</features>"),
            ("<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>", "<q:arg value='a'/>", "</q:commandline>"),
        ])
    func parts(_ opening: String, _ part: String, _ closing: String) throws {
        func read(_ count: Int, _ chunk: Int) throws -> Int {
            let start = "<domain>\n\(opening)\n"
            let domain = start + String(repeating: part, count: count) + closing + "</domain>"
            return try Recorder.read(Array("<domains>\(domain)\(domain)</domains>".utf8), chunks: [chunk]).domains.count
        }
        #expect(try read(65_536, 65_536) == 2)
        for chunk in [977, 65_536] {
            let error = #expect(throws: MalformedInput.self) { try read(65_537, chunk) }
            #expect(error?.kind == .refused)
            #expect(error?.message == "more than 65536 features, comments and other parts in a domain")
            #expect(error?.position == SourcePosition(line: 3, column: 1 + 65_537 * part.count))
        }
    }

    @Test("A document may have 16 domains, which together may have 65,536 parts", arguments: ["domstatus", "domainsnapshot"])
    func domains(_ root: String) throws {
        func read(_ domain: String, _ count: Int) throws -> Int {
            try Recorder.read(Array("<\(root)>\n\(String(repeating: domain, count: count))</\(root)>".utf8)).domains.count
        }
        #expect(try read("<domain/>", 16) == 16)
        var error = #expect(throws: MalformedInput.self) { try read("<domain/>", 17) }
        #expect(error?.message == "more than 16 domains in one document whose root is not <domains>")
        #expect(error?.position == SourcePosition(line: 2, column: 16 * 9 + 1))
        let many = "<domain>\(String(repeating: "<!---->", count: 40_000))</domain>"
        #expect(try read(many, 1) == 1)
        error = #expect(throws: MalformedInput.self) { try read(many, 2) }
        #expect(error?.message == "more than 65536 features, comments and other parts in a domain")
    }

    @Test("An element may have 1,024 attributes, and 1,024 namespaces may be in scope; one more is refused", arguments: [300, 4096, 65_536])
    func attributes(chunk: Int) throws {
        func read(_ text: String) throws -> Int {
            try Recorder.read(Array("<domain>\n\(text)</domain>".utf8), chunks: [chunk]).domains.count
        }
        func tag(_ name: String, _ prefix: String, _ count: Int) -> String {
            "<\(name)" + (0..<count).map { " \(prefix)a\($0)='='" }.joined() + ">"
        }
        for prefix in ["", "xmlns:"] {
            #expect(try read(tag("b", prefix, 1024) + "</b>") == 1)
            let error = #expect(throws: MalformedInput.self) { try read(tag("b", prefix, 1025) + "</b>") }
            #expect(error?.message == "more than 1024 attributes in a start tag")
            #expect(error?.position == SourcePosition(line: 2, column: 1))
            // The start tag of the root.
            let root = #expect(throws: MalformedInput.self) { try Recorder.read(Array(tag("domain", prefix, 1025).utf8) + Array("</domain>".utf8), chunks: [chunk]) }
            #expect(root?.message == "more than 1024 attributes in a start tag")
        }
        #expect(try read(tag("b", "xmlns:", 512) + tag("c", "xmlns:", 512) + "</c></b>") == 1)
        let error = #expect(throws: MalformedInput.self) { try read(tag("b", "xmlns:", 512) + tag("c", "xmlns:", 513) + "</c></b>") }
        #expect(error?.message == "more than 1024 namespaces in scope")
        #expect(error?.position == SourcePosition(line: 2, column: 1 + tag("b", "xmlns:", 512).count))
    }

    @Test("Too many different names and too long a document type are refused while they are read")
    func growth() throws {
        func read(_ text: String, _ chunk: Int) throws -> Int { try Recorder.read(Array(text.utf8), chunks: [chunk]).domains.count }
        func names(_ count: Int) -> String { "<domain>" + (0..<count).map { "<x\($0) y\($0)=''/>" }.joined() + "</domain>" }
        func declarations(_ count: Int) -> String {
            "<!DOCTYPE d [" + (0..<count).map { "<!NOTATION a\($0) PUBLIC ''>" }.joined() + "]><domain/>"
        }
        func comment(_ count: Int) -> String { "<!DOCTYPE d [<!--" + String(repeating: "a", count: count) + "-->]><domain/>" }
        for chunk in [1000, 65_536] {
            #expect(try read(names(32_000), chunk) == 1)
            #expect(try read(declarations(2000), chunk) == 1)
            #expect(try read(comment(60_000), chunk) == 1)
            for (text, message) in [
                (names(40_000), "more than 65536 different names of elements and attributes in one document"),
                (declarations(10_000), "the DOCTYPE is longer than 65536 bytes"), (comment(200_000), "the DOCTYPE is longer than 65536 bytes"),
            ] {
                let error = #expect(throws: MalformedInput.self) { try read(text, chunk) }
                #expect(error?.message == message)
                #expect(error?.kind == .refused)
            }
        }
        // Names are counted for each document.
        #expect(try read((0..<3).map { part in names(30_000).replacing("<x", with: "<z\(part)") }.joined(separator: "\n"), 65_536) == 3)
    }

    @Test("A value may have 64 KiB, whatever it is made of; a title or a description may be longer", arguments: [1000, 65_536])
    func values(_ chunk: Int) throws {
        func read(_ text: String) throws -> Int { try Recorder.read(Array("<domain>\n\(text)</domain>".utf8), chunks: [chunk]).domains.count }
        let long = String(repeating: "x", count: 65_536)
        for part in ["<name>@</name>", " <uuid>@</uuid>", "<cpu><model>@</model></cpu>", "<os><type>@</type></os>", "<name><![CDATA[@]]></name>", "<name>@<!--c--></name>"] {
            #expect(try read(part.replacing("@", with: long)) == 1, "\(part)")
            for more in [long + "y", long + "&#65;", long + "<![CDATA[y]]>", String(repeating: "é", count: 32_769)] where !part.contains("CDATA") {
                let error = #expect(throws: MalformedInput.self) { try read(part.replacing("@", with: more)) }
                #expect(error?.message == "a value is longer than 65536 bytes")
                #expect(error?.kind == .refused)
                #expect(error?.position.line == 2)
            }
        }
        for part in ["<title>@</title>", "<description>@</description>", "<metadata>@</metadata>"] {
            #expect(try read(part.replacing("@", with: long + long)) == 1, "\(part)")
        }
    }

    @Test("Markup for which libxml2 would need quadratic time is refused before libxml2 parses it", arguments: [false, true])
    func quadratic(isUTF16: Bool) {
        func fault(_ text: String) -> MalformedInput? {
            let bytes = isUTF16 ? [0xff, 0xfe] + DocumentEncoding.utf16LittleEndian.encode(text) : Array(text.utf8)
            do { _ = try Recorder.read(bytes, chunks: [65_536]) } catch let error as MalformedInput { return error } catch {}
            return nil
        }
        let comment = fault("<domain>\n<!--" + String(repeating: "<!--", count: 1_000_000) + "--></domain>")
        #expect(comment?.kind == .malformed)
        #expect(comment?.position.line == 2)
        let tag = fault("<domain>\n<a" + (0..<400_000).map { " a\($0)=''" }.joined() + "/></domain>")
        #expect(tag?.kind == .refused)
        // A long comment and a long text that are correct are accepted.
        #expect(fault("<domain><!--" + String(repeating: "- ", count: 100_000) + "--></domain>") == nil)
        #expect(fault("<domain><title>" + String(repeating: "<![CDATA[--]]>-- ", count: 30_000) + "</title></domain>") == nil)
    }

    /// The reader gives libxml2 slices of 4,096 bytes and more, and searches each only once.
    @Test("Two hyphens in a long comment are found at their place, wherever chunks and slices end")
    func hyphens() {
        for before in Array(8180...8200) + Array(12_276...12_296) {
            let bytes = Array("<domain><!--\(String(repeating: "x", count: before))--x\(String(repeating: "x", count: 9000))--></domain>".utf8)
            for chunk in [1000, 4096, 65_536] {
                let error = #expect(throws: MalformedInput.self) { try Recorder.read(bytes, chunks: [chunk]) }
                #expect(error?.position == SourcePosition(line: 1, column: 13 + before), "\(chunk)")
            }
        }
    }
}
