import Reports
import TestSupport
import Testing

@testable import Work

@Suite("Checking and filtering records")
struct JudgedRecordsTests {
    private func run(
        _ input: String, _ purpose: JudgedRecords.Purpose, _ framing: RecordFraming = .ndjson, target: String? = nil, hosts: [String] = []
    ) throws -> (output: String, words: String, hasCounted: Bool) {
        let (input, output, errors) = (ScratchFile(Array(input.utf8)), ScratchFile(), ScratchFile())
        let channels = Channels(input: input.descriptor, output: output.descriptor, errors: errors.descriptor)
        var settings = Settings()
        (settings.ignoresPolicies, settings.ignoresLocalMachine, settings.hosts) = (true, true, hosts)
        if let target { try settings.setTarget(target) }
        let hasCounted = try JudgedRecords(settings, purpose, framing, mostErrors: nil, channels).run()
        return (String(decoding: output.contents, as: UTF8.self), String(decoding: errors.contents, as: UTF8.self), hasCounted)
    }

    private func record(_ id: String, _ xml: String) -> String { "{\"id\":\(id),\"xml\":\(JSONValue(xml).text)}\n" }

    private func lines(_ text: String) throws -> [JSONValue] { try text.split(separator: "\n").map { try JSONReader.value(of: Array($0.utf8)) } }

    @Test("check answers with the findings, their counts and the ask of each record")
    func check() throws {
        let (output, words, hasCounted) = try run(
            record("\"a\"", Definitions.invalid) + record("2", Definitions.hostModel) + record("3", "<domain") + record("4", Definitions.fixable), .check)
        let lines = try lines(output)
        #expect(lines.map { $0["id"] } == [.string("a"), .number(2), .number(3), .number(4)])
        let rules = try #require(lines[0]["findings"]?.elements).map { $0["rule"]?.string }
        #expect(rules.contains("duplicate-feature") && lines[0]["counts"]?["error"]?.integer == 1)
        #expect(lines[1]["findings"]?.elements?.count == 0 && lines[1]["ask"]?.string?.count == 32)
        #expect(lines[2]["error"]?["code"]?.string == "malformed" && lines[2]["findings"] == nil)
        #expect(hasCounted && words.hasSuffix("virt-cpu check: 4 records, 1 with an error (malformed 1)\n"))
    }

    @Test("filter writes what it writes without records: whole, or null where it withholds")
    func filter() throws {
        let (output, _, _) = try run(
            record("1", Definitions.passthrough) + record("2", Definitions.invalid) + record("3", Definitions.hostModel), .filter, target: "host-model")
        let lines = try lines(output)
        #expect(lines[0]["written"] == .bool(true) && lines[0]["changed"] == .bool(true))
        #expect(lines[0]["xml"]?.string == Definitions.hostModel)
        #expect(lines[1]["written"] == .bool(false) && lines[1]["xml"] == nil && lines[1]["findings"]?.elements?.isEmpty == false)
        #expect(lines[2]["changed"] == .bool(false) && lines[2]["xml"]?.string == Definitions.hostModel)
    }

    @Test("filter keeps an encoding that a definition in JSON declares, although it does not count")
    func declaredEncoding() throws {
        let declaration = "<?xml version='1.0' encoding='utf-16'?>\n<!-- caf\u{e9} -->"
        let (output, _, _) = try run(record("1", declaration + Definitions.passthrough), .filter, target: "host-model")
        #expect(try lines(output)[0]["xml"]?.string == declaration + Definitions.hostModel)
    }

    @Test("filter keeps documents without a domain beside the one that has it")
    func documentsWithoutDomain() throws {
        func around(_ definition: String) -> String { "<domainsnapshot/>\n\(definition)\0<domainsnapshot/>\n" }
        let (output, _, _) = try run(record("1", around(Definitions.passthrough)), .filter, target: "host-model")
        #expect(try lines(output)[0]["xml"]?.string == around(Definitions.hostModel))
    }

    @Test("Records of filter that end in NUL: as many out as in, empty where nothing is written, and the reasons to stderr")
    func nul() throws {
        // Before the document, inside it and behind it, every byte stays.
        let odd = "\u{feff}<?xml version='1.0'?>\n<!-- a -->" + Definitions.hostModel.replacing("\n", with: "\r\n") + "<!-- é -->\n"
        let (output, words, _) = try run("\(odd)\0\(Definitions.invalid)\0<domain\0\(Definitions.hostModel)", .filter, .nul, target: "keep")
        // As bytes: to Swift, a carriage return and a line feed are one character.
        let parts = Array(output.utf8).split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
        #expect(parts == [Array(odd.utf8), [], [], Array(Definitions.hostModel.utf8), []])
        #expect(words.contains("record 2:") && words.contains("[duplicate-feature]") && words.contains("record 3:1:8: error: ") && words.contains("(malformed)"))
    }

    @Test("A guest of another architecture than the hosts' is a verdict, and not the end")
    func otherArchitecture() throws {
        let host = "\(Corpus.repository)/Examples/hosts/hv01.capabilities.xml"
        let arm = Definitions.guest("<cpu mode='host-passthrough'/>").replacing("x86_64", with: "aarch64").replacing("pc-q35-7.2", with: "virt")
        let (output, _, _) = try run(record("1", arm) + record("2", Definitions.hostModel) + record("3", arm), .check, hosts: [host])
        let lines = try lines(output)
        #expect(lines.count == 3 && lines.allSatisfy { $0["error"] == nil })
        #expect(lines[0]["findings"]?.elements?.contains { $0["rule"]?.string == "host-incompatible" } == true)
    }

    @Test("The findings of a record are those of the same definition as a file, and do not depend on its neighbours", .enabled(if: Corpus.libvirt != nil))
    func neighbours() throws {
        let files = Corpus.domains.filter { $0.path.contains("qemuxmlconfdata/cpu-") }
        #expect(files.count > 20)
        let records = files.enumerated().map { record("\($0)", String(decoding: $1.bytes, as: UTF8.self)) }
        let together = try run(records.joined(), .check).output.split(separator: "\n")
        #expect(together.count == files.count)
        for (index, one) in records.enumerated() { #expect(try run(one, .check).output == together[index] + "\n") }
        #expect(try run(records.reversed().joined(), .check).output.split(separator: "\n").reversed() == together)
    }
}
