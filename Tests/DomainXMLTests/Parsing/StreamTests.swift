import DomainXML
import Testing

@Suite("A stream of documents")
struct StreamTests {
    let domain = Sample.domain

    @Test("Documents may follow one another with white space, comments or declarations between them", arguments: [
        "", "\n", "\n\n \t", "\0", "\n<?xml version='1.0'?>\n", "<!-- between -->\n<?xml version='1.0'?>", "<!-- c --><?pi?>\n",
    ])
    func between(_ separator: String) throws {
        let bytes = Array((domain + separator + domain + separator.replacing("<?xml version='1.0'?>", with: "") + "\n").utf8)
        for chunk in [1, 2, 9, 10_000] {
            let recorder = try Recorder.read(bytes, chunks: [chunk])
            #expect(recorder.domains.count == 2)
            #expect(recorder.output == bytes)
        }
    }

    @Test("White space after a document that is not written is dropped too")
    func dropped() throws {
        let recorder = Recorder()
        recorder.drops = true
        _ = try Recorder.read(Array("\(domain)\n\n\(domain)\n".utf8), into: recorder)
        #expect(recorder.output == [])
    }

    @Test("A list of domains is written domain by domain and not held as a whole")
    func listStreams() throws {
        let recorder = Recorder()
        let reader = DomainReader(handler: recorder)
        try Array("<domains>\n\(domain)\n".utf8).withUnsafeBytes { try reader.feed($0) }
        #expect(recorder.output.count >= "<domains>\n\(domain)".utf8.count)
    }

    @Test("A second XML declaration in one document is malformed, in the first and in later documents of a stream", arguments: [
        "<?xml version='1.0'?>\n<?xml version='1.0'?>\n<domain/>", "<?xml version='1.0'?>\n<!--a-->\n<?xml version='1.0'?>\n<domain/>",
        "<!DOCTYPE domain>\n<?xml version='1.0'?>\n<domain/>",
    ])
    func declarations(_ text: String) throws {
        for before in ["", "<domain/>\n", "<domain/>\n<!--b-->\n"] {
            for chunk in [1, 1000] {
                let error = #expect(throws: MalformedInput.self) { try Recorder.read(Array((before + text).utf8), chunks: [chunk]) }
                #expect(error?.message == "XML declaration allowed only at the start of the document")
            }
        }
        // A comment between two documents may be followed by the declaration of the second.
        #expect(try Recorder.read(Array("<domain/>\n<!--b-->\n<?xml version='1.0'?>\n<domain/>".utf8)).domains.count == 2)
    }

    @Test("Comments and processing instructions may follow the last document")
    func trailingComments() throws {
        for end in ["<!-- a -->", "<!-- a -->\r", "<!-- a -->\n\r", "<?pi?>\n", "<?xml-stylesheet href='a'?>"] {
            let bytes = Array((domain + "\n" + end).utf8)
            #expect(try Recorder.read(bytes).output == bytes)
        }
    }
}
