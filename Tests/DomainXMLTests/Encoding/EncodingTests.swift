import DomainXML
import TestSupport
import Testing

@Suite("Encodings of documents")
struct EncodingTests {
    static let encodings: [DocumentEncoding] = [.utf16LittleEndian, .utf16BigEndian]

    /// The text in an encoding, with a byte order mark in UTF-16 and UTF-8.
    static func transcode(_ text: String, _ encoding: DocumentEncoding) -> [UInt8] {
        switch encoding {
        case .utf16LittleEndian: [0xff, 0xfe] + text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        case .utf16BigEndian: [0xfe, 0xff] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        case .utf8: [0xef, 0xbb, 0xbf] + Array(text.utf8)
        case .singleByte: text.unicodeScalars.map { UInt8($0.value) }
        }
    }

    @Test("Places in UTF-16 are those in UTF-8, counted in code units", arguments: encodings)
    func utf16(_ encoding: DocumentEncoding) throws {
        let text = String(decoding: Sample.mixed, as: UTF8.self)
        for chunks in [[1], [7], [4096]] {
            let bytes = Self.transcode(text, encoding)
            let recorder = Recorder()
            var spans: [ByteRange] = []
            recorder.each = { document, domain in
                #expect(document.encoding == encoding)
                spans = [domain.element.span, domain.cpu!.element.span, domain.cpu!.check!.text.span, domain.cpu!.children[2].span]
                #expect(domain[domain.cpu!.check?.text] == "partial")
                #expect(document.position(of: domain.cpu!.element.span.start) == SourcePosition(line: 3, column: 145))
            }
            _ = try Recorder.read(bytes, chunks: chunks, into: recorder)
            #expect(recorder.output == bytes)
            let plain = Recorder()
            var plainSpans: [ByteRange] = []
            plain.each = { document, domain in
                plainSpans = [domain.element.span, domain.cpu!.element.span, domain.cpu!.check!.text.span, domain.cpu!.children[2].span]
                #expect(document.position(of: domain.cpu!.element.span.start) == SourcePosition(line: 3, column: 145))
            }
            _ = try Recorder.read(Sample.mixed, into: plain)
            #expect(spans == plainSpans.map { ByteRange(2 + 2 * $0.start, 2 + 2 * $0.end) })
        }
    }

    @Test("Text with characters of any width is rewritten at the right place", arguments: [1, 5, 4096])
    func wide(chunk: Int) throws {
        let text = "<domain type='kvm'><name>\u{1f600}é\u{4e2d}</name><cpu mode='host-model'/></domain>"
        for encoding in Self.encodings {
            let bytes = Self.transcode(text, encoding)
            let recorder = Recorder()
            recorder.change = CPUChange(mode: .maximum)
            _ = try Recorder.read(bytes, chunks: [chunk], into: recorder)
            #expect(recorder.output == Self.transcode(text.replacing("host-model", with: "maximum"), encoding))
        }
        let latin = "<?xml version='1.0' encoding='ISO-8859-1'?><domain><name>é\u{e4}</name><!-- ü --><cpu/></domain>"
        let recorder = Recorder()
        recorder.change = CPUChange(mode: .maximum)
        _ = try Recorder.read(Self.transcode(latin, .singleByte), chunks: [chunk], into: recorder)
        #expect(recorder.output == Self.transcode(latin.replacing("<cpu", with: "<cpu mode='maximum'"), .singleByte))
        let withMark = Recorder()
        withMark.change = CPUChange(mode: .maximum)
        _ = try Recorder.read(Self.transcode(text, .utf8), chunks: [chunk], into: withMark)
        #expect(withMark.output == Self.transcode(text.replacing("host-model", with: "maximum"), .utf8))
    }

    @Test("A stream of UTF-16 documents may have a byte order mark at each document or only at the first", arguments: encodings)
    func streams(_ encoding: DocumentEncoding) throws {
        let one = "<domain><name>a</name><cpu mode='host-model'/></domain>\n\n"
        for bytes in [Self.transcode(one + one + one, encoding), Self.transcode(one, encoding) + Self.transcode(one, encoding) + encoding.encode(one)] {
            for chunk in [1, 2, 3, 5000] {
                let recorder = try Recorder.read(bytes, chunks: [chunk])
                #expect(recorder.domains.count == 3)
                #expect(recorder.output == bytes)
            }
        }
    }

    /// The texts contain code units with the byte of a line feed, characters of two to four bytes, and runs longer than a vector.
    @Test("Lines and columns in UTF-16 are those of the same text in UTF-8, in chunks of any size", arguments: encodings)
    func linesAndColumns(_ encoding: DocumentEncoding) {
        func place(_ bytes: [UInt8], chunk: Int) -> [SourcePosition] {
            let recorder = Recorder()
            var places: [SourcePosition] = []
            recorder.each = { document, domain in
                places.append(document.position(of: domain.name!.element.span.start))
                places.append(document.position(of: domain.cpu!.element.span.start))
            }
            do { _ = try Recorder.read(bytes, chunks: [chunk], into: recorder) } catch {
                places.append((error as! MalformedInput).position)
            }
            return places
        }
        let odd = "\u{0a00}\u{010a}\u{0a0a}é\u{4e2d}\u{1f600}"
        var random = SplitMix64(seed: 16)
        for _ in 0..<20 {
            func some(_ count: Int) -> String {
                String((0..<Int.random(in: 0...count, using: &random)).map { _ in Character(["x", "\n", "\r\n"].randomElement()!) })
                    + (0..<Int.random(in: 0...70, using: &random)).map { _ in String(odd.randomElement()!) }.joined()
            }
            let domain = "<domain><!--\(some(200))--><name>\(some(5))</name><!--\(some(70))--><cpu/></domain>"
            let text = domain + "\n\n\r\n" + domain + "\n" + "<domain>\(some(90))</wrong>"
            let right = place(Array(text.utf8), chunk: 1 << 20)
            #expect(right.count == 5)
            for chunk in [1, 3, 64, 4096, 1 << 20] {
                let found = place(Self.transcode(text, encoding), chunk: chunk)
                #expect(found == right, "\(text)")
            }
        }
    }

    @Test("Encodings in which offsets cannot be computed are refused", arguments: [
        "Shift_JIS", "ISO-2022-JP", "GBK", "EUC-JP",
        // These compose a letter and the mark after it, and the last one has markup above ASCII.
        "windows-1255", "MS-HEBR", "windows-1258", "TCVN5712-1", "ARMSCII-8",
    ])
    func refused(name: String) {
        let bytes = Array("<?xml version='1.0' encoding='\(name)'?>\n<domain/>".utf8)
        #expect(throws: MalformedInput.self) { try Recorder.read(bytes) }
    }

    @Test("The message is the same for an encoding that libxml2 does not know", arguments: ["Shift_JIS", "x-none"])
    func unsupported(name: String) throws {
        let bytes = Array("<?xml version='1.0' encoding='\(name)'?>\n<domain/>".utf8)
        let fault = try #require(throws: MalformedInput.self) { try Recorder.read(bytes) }
        #expect(fault.message == "the encoding \(name) is not supported: convert the document to UTF-8")
    }

    /// libvirt ignores the declared encoding: it lists this domain as `é`.
    @Test("A declared single-byte encoding is refused where the bytes are UTF-8, which libvirt reads")
    func readDifferently() throws {
        let declared = "<?xml version='1.0' encoding='ISO-8859-1'?>"
        let error = #expect(throws: MalformedInput.self) { try Recorder.read(Array("\(declared)<domain><name>é</name></domain>".utf8)) }
        #expect(error?.kind == .refused)
        // libvirt refuses these bytes, which are no UTF-8.
        let latin = Array("\(declared)<domain><name>".utf8) + [0xe9] + Array("</name></domain>".utf8)
        #expect(try Recorder.read(latin).domains.count == 1)
        #expect(try Recorder.read(Array("\(declared)<domain><name>e</name></domain>".utf8)).domains.count == 1)
    }

    @Test("Single-byte encodings are accepted under any name that libxml2 knows", arguments: [
        "ISO-8859-15", "windows-1252", "windows-1251", "KOI8-R", "US-ASCII",
    ])
    func singleByte(name: String) throws {
        let bytes = Array("<?xml version='1.0' encoding='\(name)'?>\n<domain><cpu/></domain>".utf8)
        #expect(try Recorder.read(bytes).domains.count == 1)
    }
}
