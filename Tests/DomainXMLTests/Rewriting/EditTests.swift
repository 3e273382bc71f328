import DomainXML
import Testing

@Suite("Applying edits")
struct EditTests {
    /// Applies edits to `Sample.domain`, encoded.
    func apply(_ encoding: DocumentEncoding = .utf8, _ edits: @escaping (Document, Domain) -> [Edit]) throws -> [UInt8] {
        var written: [UInt8] = []
        let recorder = Recorder()
        recorder.each = { document, domain in written = document.applying(edits(document, domain)) }
        _ = try Recorder.read(EncodingTests.transcode(Sample.domain, encoding), into: recorder)
        return written
    }

    @Test("Edits may be in any order; insertions at one place keep theirs and come before a removal", arguments: [
        DocumentEncoding.utf8, .utf16LittleEndian, .utf16BigEndian,
    ])
    func order(_ encoding: DocumentEncoding) throws {
        let written = try apply(encoding) { _, domain in
            let (name, cpu) = (domain.name!.element, domain.cpu!.element)
            return [
                Edit(cpu.span, ""), Edit(ByteRange(cpu.span.start, cpu.span.start), "\u{e9}"),
                Edit(ByteRange(cpu.span.start, cpu.span.start), "2"), Edit(name.content, "b"),
            ]
        }
        #expect(written == EncodingTests.transcode("<domain type='kvm'><name>b</name>\u{e9}2</domain>", encoding))
    }

    @Test("In a single-byte encoding, inserted characters above ASCII become references")
    func references() throws {
        let declaration = "<?xml version='1.0' encoding='ISO-8859-1'?>"
        var written: [UInt8] = []
        let recorder = Recorder()
        recorder.each = { document, domain in written = document.applying([Edit(domain.name!.element.content, "\u{e9}\u{1f600}")]) }
        _ = try Recorder.read(Array((declaration + Sample.domain).utf8), into: recorder)
        #expect(String(decoding: written, as: UTF8.self) == declaration + Sample.domain.replacing(">a<", with: ">&#233;&#128512;<"))
    }

    @Test("A new attribute is escaped, and has the quotation marks of another one")
    func attribute() throws {
        let written = try apply { document, domain in
            [document.adding("title", "a<b>&'\"", to: domain.element, named: "domain", quotedLike: domain.type)]
        }
        #expect(String(decoding: written, as: UTF8.self).contains("<domain title='a&lt;b&gt;&amp;&apos;&quot;' type='kvm'>"))
    }

    @Test("An element is removed with the white space before it, unless there is text")
    func removal() throws {
        func removed(_ text: String) throws -> String {
            let recorder = Recorder()
            var written: [UInt8] = []
            recorder.each = { document, domain in
                let feature = domain.cpu!.features[0].element.span
                written = document.applying([document.removing(feature, after: domain.cpu!.element.startTag.end)])
            }
            _ = try Recorder.read(Array(text.utf8), into: recorder)
            return String(decoding: written, as: UTF8.self)
        }
        #expect(try removed("<domain><cpu>\n  <feature/>\n</cpu></domain>") == "<domain><cpu>\n</cpu></domain>")
        #expect(try removed("<domain><cpu>\n x <feature/>\n</cpu></domain>") == "<domain><cpu>\n x \n</cpu></domain>")
    }
}
