import DomainXML
import Testing

@Suite("Malformed input")
struct FaultTests {
    let domain = Sample.domain

    @Test("Nothing of a truncated definition is written, wherever it is cut")
    func truncated() throws {
        let good = Array(domain.utf8)
        for length in 1..<good.count {
            let recorder = Recorder()
            #expect(throws: MalformedInput.self) {
                try Recorder.read(good + Array("\n".utf8) + good[..<length], into: recorder)
            }
            #expect(recorder.output == good + Array("\n".utf8))
        }
    }

    @Test("A fault has the line at which it was found", arguments: [
        ("<domain>\n  <name>a</nam>\n</domain>", 2), ("<domain>\n\n<a b=c/></domain>", 3), ("<domain>\n&undefined;</domain>", 2),
        ("<domain>\n<a>\u{1}</a></domain>", 2),
    ])
    func places(_ text: String, line: Int) {
        for chunk in [1, 1000] {
            let error = #expect(throws: MalformedInput.self) { try Recorder.read(Array(text.utf8), chunks: [chunk]) }
            #expect(error?.position.line == line, "\(text)")
        }
    }

    @Test("Input without a root element has no document", arguments: ["", " \n", "<!-- only -->\n"])
    func nothing(_ text: String) {
        let error = #expect(throws: MalformedInput.self) { try Recorder.read(Array(text.utf8)) }
        #expect(error?.kind == .noDocument)
    }

    @Test("Input that is not XML is malformed", arguments: ["hello", "\0\0\0\0\0", "<domain>\u{0}</domain>", "{}", "<!-- open"])
    func garbage(_ text: String) {
        for chunk in [1, 1000] {
            let error = #expect(throws: MalformedInput.self) { try Recorder.read(Array(text.utf8), chunks: [chunk]) }
            #expect(error?.kind == .malformed)
        }
    }

    @Test("Invalid UTF-8 is malformed")
    func invalidUTF8() {
        #expect(throws: MalformedInput.self) { try Recorder.read(Array("<domain><name>".utf8) + [0xc3, 0x28] + Array("</name></domain>".utf8)) }
    }

    @Test("An XML declaration or a DOCTYPE without a root element is malformed, in any encoding", arguments: [
        "<?xml version='1.0'?>\n", "<!DOCTYPE domain>\n", "<!DOCTYPE domain [<!-- a -->]>\n<!-- b -->\n",
    ])
    func missingRoot(_ beginning: String) {
        for encoding in [DocumentEncoding.utf8, .utf16LittleEndian, .utf16BigEndian] {
            let good = EncodingTests.transcode(domain + "\n", encoding)
            for chunk in [1, 10_000] {
                let recorder = Recorder()
                let fault = fault(good + encoding.encode(beginning), chunks: [chunk], into: recorder)
                #expect(fault?.message == "the input ends inside a document", "\(encoding)")
                #expect(recorder.output.starts(with: good))
                #expect(recorder.output.count <= good.count + 1)
            }
        }
    }

    /// libxml2 stops at such bytes without reporting an error, and takes what it has read for well-formed.
    @Test("Bytes that are no character of a single-byte encoding are malformed", arguments: [0, 1000])
    func bytesOfNoCharacter(lines: Int) {
        let before = String(repeating: "<a>x</a>\n", count: lines)
        for encoding in ["windows-1252", "windows-1253"] {
            let first = Array((domain + "\n").utf8)
            let start = Array("<?xml version='1.0' encoding='\(encoding)'?><domain>\(before)".utf8)
            // In a chunk as large as the whole, libxml2 converts these bytes before it parses the root.
            for end in ["</domain>\n", ""] {
                for chunk in [1, 5000, 1 << 20] {
                    let recorder = Recorder()
                    let found = fault(first + start + [0x81, 0xd2, 0x8f] + end.utf8, chunks: [chunk], into: recorder)
                    #expect(found?.kind == .malformed, "\(encoding), \(chunk)")
                    #expect(recorder.output == first)
                    // The fault is where the last markup before these bytes ended.
                    #expect(found?.position.line == lines + (lines == 0 ? 2 : 1))
                }
            }
        }
    }

    /// libxml2 detects the encoding from these bytes, and may report an error before it parses the first byte.
    @Test("Wrong first bytes give the same message in a new reader and in a used one", arguments: [
        [0x3c, 0, 0, 0], [0, 0, 0x3c, 0], [0, 0x3c, 0, 0], [0, 0, 0, 0x3c], [0xff, 0xfe, 0, 0], [0x4c, 0x6f, 0xa7, 0x94],
    ] as [[UInt8]])
    func firstBytes(_ bytes: [UInt8]) throws {
        let document = bytes + Array("omain/>".utf8)
        let reader = DomainReader(handler: Recorder())
        func message() -> String? {
            do {
                try document.withUnsafeBytes { try reader.feed($0) }
                try reader.finish()
            } catch {
                return (error as? MalformedInput)?.message
            }
            return nil
        }
        let first = try #require(message())
        reader.restart(for: Recorder())
        try Array(domain.utf8).withUnsafeBytes { try reader.feed($0) }
        try reader.finish()
        reader.restart(for: Recorder())
        #expect(message() == first)
        #expect(first != "not well-formed")
    }

    private func fault(_ bytes: [UInt8], chunks: [Int], into recorder: Recorder) -> MalformedInput? {
        do {
            _ = try Recorder.read(bytes, chunks: chunks, into: recorder)
            return nil
        } catch {
            return error as? MalformedInput
        }
    }
}
