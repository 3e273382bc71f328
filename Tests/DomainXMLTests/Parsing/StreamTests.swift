import Corpus
import DomainXML
import Testing

@Suite("Streams and containers")
struct StreamTests {
    let domain = "<domain type='kvm'><name>a</name><cpu mode='host-model'/></domain>"

    @Test("Documents follow one another, whatever stands between them", arguments: [
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

    @Test("A document that is not written takes the white space behind it along")
    func dropped() throws {
        let recorder = Recorder()
        recorder.drops = true
        _ = try Recorder.read(Array("\(domain)\n\n\(domain)\n".utf8), into: recorder)
        #expect(recorder.output == [])
    }

    @Test("A fault writes nothing of its document, at every length of a truncated definition")
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

    @Test("Only /domain/cpu counts, and only the first")
    func otherCPUs() throws {
        let text = """
            <domain xmlns:x='urn:x'><metadata><cpu mode='maximum'/></metadata><x:cpu/><cputune><cpu/></cputune>\
            <cpu mode='custom'><cpu mode='maximum'/></cpu><cpu mode='host-passthrough'/></domain>
            """
        let recorder = Recorder()
        recorder.each = { _, domain in
            #expect(domain[domain.cpu?.mode?.text] == "custom")
            #expect(domain.ignoredCPUs.count == 1)
            #expect(domain.cpu?.children.map(\.kind) == [.other])
        }
        _ = try Recorder.read(Array(text.utf8), into: recorder)
        #expect(recorder.domains.count == 1)
    }

    @Test("Status and snapshot documents")
    func containers() throws {
        func read(_ text: String) throws -> [(Domain.Container, Bool)] {
            let recorder = Recorder()
            var seen: [(Domain.Container, Bool)] = []
            recorder.each = { _, domain in seen.append((domain.container, domain.isRunning)) }
            _ = try Recorder.read(Array(text.utf8), into: recorder)
            #expect(recorder.output == Array(text.utf8))
            return seen
        }
        let status = try read("<domstatus state='running'><cpu/>\(domain)</domstatus>")
        #expect(status.count == 1 && status[0] == (.status, true))
        for (inside, isRunning) in [
            ("<memory snapshot='internal'/>", true), ("<memory snapshot='no'/>", false), ("<state>running</state>", true),
            ("<state>shutoff</state>", false), ("<state>disk-snapshot</state>", false), ("", false),
            ("<state>shutoff</state><memory snapshot='external' file='/m'/>", true),
        ] {
            let seen = try read("<domainsnapshot>\(domain)\(inside)<inactiveDomain>\(domain.dropFirst(19).dropLast(9))</inactiveDomain></domainsnapshot>")
            #expect(seen.count == 2)
            #expect(seen[0] == (.snapshot, isRunning), "\(inside)")
            #expect(seen[1] == (.snapshotInactive, false))
        }
        let list = try read("<domains>\n\(domain)\n\(domain)</domains>\n\(domain)")
        #expect(list.map(\.0) == [.list, .list, .root])
        #expect(try read("<network><domain name='example.org'/><cpu/></network>").isEmpty)
    }

    @Test("A list is written as it comes: memory holds one domain")
    func listStreams() throws {
        let recorder = Recorder()
        let reader = DomainReader(handler: recorder)
        try Array("<domains>\n\(domain)\n".utf8).withUnsafeBytes { try reader.feed($0) }
        #expect(recorder.output.count >= "<domains>\n\(domain)".utf8.count)
    }

    @Test("Declared entities, external subsets and default attributes are refused", arguments: [
        "<!DOCTYPE d [<!ENTITY a 'b'>]>", "<!DOCTYPE d [<!ENTITY % a 'b'>]>", "<!DOCTYPE d SYSTEM 'file:///etc/passwd'>",
        "<!DOCTYPE d PUBLIC 'x' 'http://127.0.0.1/'>", "<!DOCTYPE domain [<!ATTLIST cpu mode CDATA 'maximum'>]>",
        "<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
    ])
    func hostileTypes(_ type: String) {
        let recorder = Recorder()
        let error = #expect(throws: MalformedInput.self) { try Recorder.read(Array("\(type)\n\(domain)".utf8), into: recorder) }
        #expect(error?.kind == .refused)
        #expect(recorder.output.isEmpty)
    }

    @Test("An instruction in a document type is refused, one before or behind it is not")
    func instructionsInTypes() throws {
        for type in ["<!DOCTYPE domain [<?pi?>]>", "<!DOCTYPE domain [<!-- a --><?pi ]> ?><!ENTITY a 'b'>]>"] {
            let recorder = Recorder()
            let error = #expect(throws: MalformedInput.self) { try Recorder.read(Array("\(type)\n\(domain)".utf8), into: recorder) }
            #expect(error?.kind == .refused)
            #expect(error?.message == "a processing instruction in a document type is refused")
            #expect(recorder.output.isEmpty)
        }
        #expect(try Recorder.read(Array("<?pi?><!DOCTYPE domain []><?pi?>\n\(domain)".utf8)).domains.count == 1)
    }

    @Test("A plain DOCTYPE is no harm")
    func plainDoctype() throws {
        #expect(try Recorder.read(Array("<!DOCTYPE domain>\n\(domain)".utf8)).domains.count == 1)
    }

    @Test("Limits: depth, the size of a domain, of an attribute")
    func limits() {
        func kind(_ text: String, maximum: Int = 1 << 20) -> MalformedInput.Kind? {
            do { _ = try Recorder.read(Array(text.utf8), maximumDomainSize: maximum) } catch let error as MalformedInput { return error.kind } catch {}
            return nil
        }
        #expect(kind(String(repeating: "<a>", count: 100_000)) == .refused)
        let long = String(repeating: "x", count: 2 << 20)
        #expect(kind("<domain><name>\(long)</name></domain>") == .tooLarge)
        #expect(kind("<domain><name>\(long)</name></domain>", maximum: 3 << 20) == nil)
        #expect(kind("<domain a='\(long)\(long)\(long)\(long)\(long)\(long)'/>", maximum: 64 << 20) == .refused)
    }

    @Test(
        "65,536 parts of a domain are read, one more is refused behind it; each domain of a list has as many",
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

    @Test("A document has one XML declaration, the first of a stream and the ones behind it", arguments: [
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
        // A comment belongs to nobody yet.
        #expect(try Recorder.read(Array("<domain/>\n<!--b-->\n<?xml version='1.0'?>\n<domain/>".utf8)).domains.count == 2)
    }

    @Test("Domains in one document: 16, and each has its share of the parts", arguments: ["domstatus", "domainsnapshot"])
    func domains(_ root: String) throws {
        func read(_ domain: String, _ count: Int) throws -> Int {
            try Recorder.read(Array("<\(root)>\n\(String(repeating: domain, count: count))</\(root)>".utf8)).domains.count
        }
        #expect(try read("<domain/>", 16) == 16)
        var error = #expect(throws: MalformedInput.self) { try read("<domain/>", 17) }
        #expect(error?.message == "more than 16 domains in one document that is not <domains>")
        #expect(error?.position == SourcePosition(line: 2, column: 16 * 9 + 1))
        let many = "<domain>\(String(repeating: "<!---->", count: 40_000))</domain>"
        #expect(try read(many, 1) == 1)
        error = #expect(throws: MalformedInput.self) { try read(many, 2) }
        #expect(error?.message == "more than 65536 features, comments and other parts in a domain")
    }

    @Test("1,024 attributes, and as many namespaces in scope: one more is refused", arguments: [300, 4096, 65_536])
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
            // The root's, which no slice ends in.
            let root = #expect(throws: MalformedInput.self) { try Recorder.read(Array(tag("domain", prefix, 1025).utf8) + Array("</domain>".utf8), chunks: [chunk]) }
            #expect(root?.message == "more than 1024 attributes in a start tag")
        }
        #expect(try read(tag("b", "xmlns:", 512) + tag("c", "xmlns:", 512) + "</c></b>") == 1)
        let error = #expect(throws: MalformedInput.self) { try read(tag("b", "xmlns:", 512) + tag("c", "xmlns:", 513) + "</c></b>") }
        #expect(error?.message == "more than 1024 namespaces in one place")
        #expect(error?.position == SourcePosition(line: 2, column: 1 + tag("b", "xmlns:", 512).count))
    }

    @Test("Names and document types that libxml2 would take quadratic time for are refused on the way")
    func growth() throws {
        func read(_ text: String, _ chunk: Int) throws -> Int { try Recorder.read(Array(text.utf8), chunks: [chunk]).domains.count }
        func names(_ count: Int) -> String { "<domain>" + (0..<count).map { "<x\($0) y\($0)=''/>" }.joined() + "</domain>" }
        func declarations(_ count: Int) -> String {
            "<!DOCTYPE d [" + (0..<count).map { "<!ELEMENT a\($0) EMPTY>" }.joined() + "]><domain/>"
        }
        func contents(_ count: Int) -> String {
            "<!DOCTYPE d [<!ELEMENT a (" + (0..<count).map { "a\($0)" }.joined(separator: "|") + ")>]><domain/>"
        }
        for chunk in [1000, 65_536] {
            #expect(try read(names(32_000), chunk) == 1)
            #expect(try read(declarations(2500), chunk) == 1)
            #expect(try read(contents(8000), chunk) == 1)
            for (text, message) in [
                (names(40_000), "more than 65536 names of elements and attributes in one document"),
                (declarations(10_000), "a document type of more than 65536 bytes"), (contents(30_000), "a document type of more than 65536 bytes"),
            ] {
                let error = #expect(throws: MalformedInput.self) { try read(text, chunk) }
                #expect(error?.message == message)
                #expect(error?.kind == .refused)
            }
        }
        // Each document has its own names.
        #expect(try read((0..<3).map { part in names(30_000).replacing("<x", with: "<z\(part)") }.joined(separator: "\n"), 65_536) == 3)
    }

    @Test("Markup that would take libxml2 quadratic time is refused before", arguments: [false, true])
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
        // Long and right: a comment, a text.
        #expect(fault("<domain><!--" + String(repeating: "- ", count: 100_000) + "--></domain>") == nil)
        #expect(fault("<domain><name>" + String(repeating: "<![CDATA[--]]>-- ", count: 30_000) + "</name></domain>") == nil)
    }

    @Test("Faults name line and column", arguments: [
        ("<domain>\n  <name>a</nam>\n</domain>", 2), ("<domain>\n\n<a b=c/></domain>", 3), ("<domain>\n&undefined;</domain>", 2),
        ("<domain>\n<a>\u{1}</a></domain>", 2),
    ])
    func places(_ text: String, line: Int) {
        for chunk in [1, 1000] {
            let error = #expect(throws: MalformedInput.self) { try Recorder.read(Array(text.utf8), chunks: [chunk]) }
            #expect(error?.position.line == line, "\(text)")
        }
    }

    @Test("Input without a document", arguments: ["", " \n", "<!-- only -->\n"])
    func nothing(_ text: String) {
        let error = #expect(throws: MalformedInput.self) { try Recorder.read(Array(text.utf8)) }
        #expect(error?.kind == .noDocument)
    }

    @Test("What is no XML is malformed", arguments: ["hello", "\0\0\0\0\0", "<domain>\u{0}</domain>", "{}", "<!-- open"])
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
}

@Suite("What does not end as it begins")
struct BrokenPromiseTests {
    let domain = Array("<domain type='kvm'><name>a</name></domain>\n".utf8)

    private func fault(_ bytes: [UInt8], chunks: [Int], into recorder: Recorder) -> MalformedInput? {
        do {
            _ = try Recorder.read(bytes, chunks: chunks, into: recorder)
            return nil
        } catch {
            return error as? MalformedInput
        }
    }

    /// libvirt reads the running one as `domain` and the other as `inactiveDomain`, wherever they stand.
    @Test("Of a snapshot with memory the domain is running, whether the inactive one stands before or behind it")
    func inactiveFirst() throws {
        let running = "<domain type='kvm'><name>r</name></domain>", inactive = "<inactiveDomain type='kvm'><name>i</name></inactiveDomain>"
        for domains in [running + inactive, inactive + running] {
            let recorder = Recorder()
            var seen: [String: (Bool, Domain.Container)] = [:]
            recorder.each = { seen[$1[$1.name!.text]] = ($1.isRunning, $1.container) }
            recorder.change = CPUChange(mode: .maximum)
            _ = try Recorder.read(Array("<domainsnapshot><memory snapshot='internal'/>\(domains)</domainsnapshot>".utf8), into: recorder)
            #expect(seen["r"]! == (true, .snapshot))
            #expect(seen["i"]! == (false, .snapshotInactive))
            #expect(String(decoding: recorder.output, as: UTF8.self).contains(running))
        }
    }

    @Test("What promises a document has to bring one, in any encoding", arguments: [
        "<?xml version='1.0'?>\n", "<!DOCTYPE domain>\n", "<!DOCTYPE domain [<!-- a -->]>\n<!-- b -->\n",
    ])
    func promises(_ beginning: String) {
        for encoding in [DocumentEncoding.utf8, .utf16LittleEndian, .utf16BigEndian] {
            let plain = String(decoding: domain, as: UTF8.self)
            let good = EncodingTests.transcode(plain, encoding)
            for chunk in [1, 10_000] {
                let recorder = Recorder()
                let fault = fault(good + encoding.encode(beginning), chunks: [chunk], into: recorder)
                #expect(fault?.message == "the input ends inside a document", "\(encoding)")
                #expect(recorder.output.starts(with: good))
                #expect(recorder.output.count <= good.count + 1)
            }
        }
    }

    @Test("Comments and instructions behind the last document promise nothing")
    func noPromise() throws {
        for end in ["<!-- a -->", "<!-- a -->\r", "<!-- a -->\n\r", "<?pi?>\n", "<?xml-stylesheet href='a'?>"] {
            let bytes = domain + end.utf8
            #expect(try Recorder.read(bytes).output == bytes)
        }
    }

    /// libxml2 stops at them without a word, and what it has seen until then is well-formed.
    @Test("Bytes that no character of the encoding has", arguments: ["", String(repeating: "<a>x</a>\n", count: 1000)])
    func bytesOfNoCharacter(_ before: String) {
        for encoding in ["windows-1252", "windows-1253"] {
            let start = Array("<?xml version='1.0' encoding='\(encoding)'?><domain>\(before)".utf8)
            // In pieces as large as the whole, libxml2 sees them before it sees the root.
            for end in ["</domain>\n", ""] {
                for chunk in [1, 5000, 1 << 20] {
                    let recorder = Recorder()
                    let found = fault(domain + start + [0x81, 0xd2, 0x8f] + end.utf8, chunks: [chunk], into: recorder)
                    #expect(found?.kind == .malformed, "\(encoding), \(chunk)")
                    #expect(recorder.output == domain)
                    // Where the last markup before them ended.
                    #expect(found?.position.line == (before.isEmpty ? 2 : 1001))
                }
            }
        }
    }

    /// libxml2 detects the encoding from them, and has its say before the first byte is parsed.
    @Test("A document's first bytes are wrong in the same words for a new reader and for a used one", arguments: [
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
        try domain.withUnsafeBytes { try reader.feed($0) }
        try reader.finish()
        reader.restart(for: Recorder())
        #expect(message() == first)
        #expect(first != "not well-formed")
    }

    @Test("Documents that are refused leave nothing in memory")
    func leftovers() throws {
        func resident() -> Int {
            let words = String(decoding: Corpus.read("/proc/self/statm"), as: UTF8.self).split(separator: " ")
            return Int(words[1])! * 4096
        }
        let bytes = Array("<!DOCTYPE domain [<!ENTITY a 'b'>]><domain/>".utf8)
        let before = resident()
        for _ in 0..<10_000 { #expect(throws: MalformedInput.self) { try Recorder.read(bytes) } }
        // It was 12 kB each.
        #expect(resident() - before < 64 << 20)
    }
}
