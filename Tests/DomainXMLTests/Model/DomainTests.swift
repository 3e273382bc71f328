import DomainXML
import Testing

@Suite("Values of a domain")
struct DomainTests {
    /// Reads one domain and passes it to `body`.
    func read(_ text: String, _ body: @escaping (Domain) -> Void) throws {
        let recorder = Recorder()
        recorder.each = { _, domain in body(domain) }
        #expect(try Recorder.read(Array(text.utf8), into: recorder).domains.count == 1)
    }

    @Test("Values are decoded, and compared as decoded bytes")
    func values() throws {
        try read("<domain id='a&amp;b'><name>a&#38;<!-- no -->b</name><uuid>\u{e9}</uuid></domain>") { domain in
            let name = domain.name!.text
            #expect(domain[name] == "a&b")
            #expect(name.utf8Count == 3)
            #expect(domain.is(name, "a&b"))
            #expect(!domain.is(name, "a&"))
            #expect(domain.is(name, String("b&a".reversed())))
            #expect(domain.same(name, domain.id!))
            #expect(name != domain.id!)
            #expect(domain.withUTF8(name) { Array($0) } == Array("a&b".utf8))
            // `String` takes these two for equal.
            #expect(domain[domain.uuid!.text] == "e\u{301}")
            #expect(!domain.is(domain.uuid!.text, "e\u{301}" as String))
            #expect(!domain.is(nil, ""))
            #expect(domain[nil as DecodedText?] == nil)
        }
    }

    @Test("A value that is added has the place that was given")
    func added() throws {
        try read(Sample.domain) { domain in
            let added = domain.adding("b<c", at: domain.element.span)
            #expect(domain[added] == "b<c")
            #expect(added.span == domain.element.span)
            #expect(domain[domain.name!.text] == "a")
        }
    }

    @Test("A replaced CPU is in effect only while the closure runs")
    func replacedCPU() throws {
        try read(Sample.domain) { domain in
            let cpu = domain.cpu
            #expect(domain.with(cpu: nil) { domain.cpu == nil })
            #expect(domain.cpu == cpu)
            #expect(cpu?.effectiveMode == .hostModel)
        }
    }

    @Test("Words that libvirt does not know have no value, and absent ones have libvirt's default")
    func keywords() throws {
        try read("<domain><cpu check='often'><model/><feature name='a'/><feature name='b' policy='maybe'/></cpu></domain>") { domain in
            let cpu = domain.cpu!
            #expect(domain[cpu.check?.text] == "often")
            #expect(cpu.check?.value == nil)
            #expect(cpu.effectiveMode == .custom)
            #expect(cpu.namedModel == nil)
            #expect(cpu.features.map(\.effectivePolicy) == [.require, nil])
        }
    }
}
