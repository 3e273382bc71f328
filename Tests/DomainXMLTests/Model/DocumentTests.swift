import DomainXML
import Testing

@Suite("Places and excerpts of a document")
struct DocumentTests {
    func read(_ bytes: [UInt8], _ body: @escaping (Document, Domain) -> Void) throws {
        let recorder = Recorder()
        recorder.each = body
        #expect(try Recorder.read(bytes, into: recorder).domains.count == 1)
    }

    static let encodings: [DocumentEncoding] = [.utf8, .utf16LittleEndian, .utf16BigEndian]

    @Test("An excerpt is the line of a place, without its line ending", arguments: encodings)
    func excerpt(_ encoding: DocumentEncoding) throws {
        let text = "<domain>\r\n \u{e9}\u{1f600} <name>a</name> x\r\n</domain>"
        try read(EncodingTests.transcode(text, encoding)) { document, domain in
            let excerpt = document.excerpt(at: domain.name!.element.span)
            #expect(excerpt.text == " \u{e9}\u{1f600} <name>a</name> x")
            #expect(excerpt.before == 4)
        }
    }

    @Test("An excerpt of a long line is the part near the place, and does not divide a character", arguments: encodings)
    func longLine(_ encoding: DocumentEncoding) throws {
        let filler = String(repeating: "\u{1f600}", count: 500)
        for shift in ["", "x", "xx", "xxx"] {
            try read(EncodingTests.transcode("<domain>\(filler)\(shift)<name>a</name>\(shift)\(filler)</domain>", encoding)) { document, domain in
                let excerpt = document.excerpt(at: domain.name!.element.span)
                #expect(excerpt.text.contains("\(shift)<name>a</name>\(shift)"))
                #expect(excerpt.text.unicodeScalars.count < 300)
                #expect(!excerpt.text.contains("\u{fffd}"))
                #expect(excerpt.before == excerpt.text.split(separator: "<")[0].unicodeScalars.count)
            }
        }
    }

    @Test("Positions do not depend on the order in which they are asked for")
    func positions() throws {
        try read(Sample.mixed) { document, domain in
            let offsets = [domain.element.span.start, domain.cpu!.element.span.start, domain.clock!.span.start, domain.element.span.end]
            let ascending = offsets.map { document.position(of: $0) }
            #expect(ascending == offsets.reversed().map { document.position(of: $0) }.reversed())
            #expect(ascending[0] == SourcePosition(line: 3, column: 1))
        }
    }
    @Test("The positions of spans are those of their ends, in any order and in any encoding", arguments: encodings)
    func ranges(_ encoding: DocumentEncoding) throws {
        let text = "<domain>\n  \u{e9}<name>a\u{1f600}</name>\r\n  <uuid>b</uuid>\n  <cpu\n mode='host-model'/>\n</domain>"
        try read(EncodingTests.transcode(text, encoding)) { document, domain in
            let parts = [domain.cpu!.element.span, domain.name!.element.span, domain.element.span, domain.uuid!.element.span, domain.cpu!.element.span]
            let expected = [
                SourceRange(start: SourcePosition(line: 4, column: 3), end: SourcePosition(line: 5, column: 21)),
                SourceRange(start: SourcePosition(line: 2, column: 4), end: SourcePosition(line: 2, column: 19)),
                SourceRange(start: SourcePosition(line: 1, column: 1), end: SourcePosition(line: 6, column: 10)),
                SourceRange(start: SourcePosition(line: 3, column: 3), end: SourcePosition(line: 3, column: 17)),
                SourceRange(start: SourcePosition(line: 4, column: 3), end: SourcePosition(line: 5, column: 21)),
            ]
            #expect(parts.map { document.range(of: $0) } == expected)
            #expect(document.ranges(of: parts) == expected)
        }
    }
}
