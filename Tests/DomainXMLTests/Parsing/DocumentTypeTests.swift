import DomainXML
import TestSupport
import Testing

@Suite("Document types")
struct DocumentTypeTests {
    let domain = Sample.domain

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

    @Test("A processing instruction inside a DOCTYPE is refused; before and after the DOCTYPE it is accepted")
    func instructionsInTypes() throws {
        for type in ["<!DOCTYPE domain [<?pi?>]>", "<!DOCTYPE domain [<!-- a --><?pi ]> ?><!ENTITY a 'b'>]>"] {
            let recorder = Recorder()
            let error = #expect(throws: MalformedInput.self) { try Recorder.read(Array("\(type)\n\(domain)".utf8), into: recorder) }
            #expect(error?.kind == .refused)
            #expect(error?.message == "a processing instruction in a DOCTYPE is not allowed")
            #expect(recorder.output.isEmpty)
        }
        #expect(try Recorder.read(Array("<?pi?><!DOCTYPE domain []><?pi?>\n\(domain)".utf8)).domains.count == 1)
    }

    @Test("A DOCTYPE without declarations is accepted")
    func plainDoctype() throws {
        #expect(try Recorder.read(Array("<!DOCTYPE domain>\n\(domain)".utf8)).domains.count == 1)
    }

    /// The test runs in a process of its own, where nothing else takes memory. The first half fills the caches of the allocator,
    /// and that of a sanitizer.
    @Test("Refused documents leave nothing in memory")
    func leftovers() async {
        await #expect(processExitsWith: .success) {
            let bytes = Array("<!DOCTYPE domain [<!ENTITY a 'b'>]><domain/>".utf8)
            func readMany() {
                for _ in 0..<5000 where (try? Recorder.read(bytes)) != nil { fatalError("the document was not refused") }
            }
            func resident() -> Int {
                let fields = String(decoding: Corpus.read("/proc/self/statm"), as: UTF8.self).split(separator: " ")
                return Int(fields[1])! * 4096
            }
            readMany()
            let before = resident()
            readMany()
            // A tree that libxml2 made for the document and nobody freed would take 12 kB, 60 MB for all of them.
            precondition(resident() - before < 30 << 20)
        }
    }
}
