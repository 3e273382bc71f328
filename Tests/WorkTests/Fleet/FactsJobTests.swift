import Glibc
import Reports
import TestSupport
import Testing

@testable import Work

@Suite("Facts about guests, record by record")
struct FactsJobTests {
    /// What `facts --records` writes, a value for each line, and what it complains of.
    private func facts(_ input: String, _ framing: RecordFraming = .ndjson, limit: Int = 64 << 20, mostErrors: Int? = nil) throws
        -> (lines: [String], words: String)
    {
        let (input, output, errors) = (ScratchFile(Array(input.utf8)), ScratchFile(), ScratchFile())
        let channels = Channels(input: input.descriptor, output: output.descriptor, errors: errors.descriptor)
        try? FactsJob(maximumDomainSize: limit, mostErrors: mostErrors, channels).answer(framing)
        return (String(decoding: output.contents, as: UTF8.self).split(separator: "\n").map(String.init), String(decoding: errors.contents, as: UTF8.self))
    }

    private func record(_ id: String, _ xml: String) -> String {
        "{\"id\":\(id),\"xml\":\(JSONValue(xml).text),\"host\":\"h1\"}\n"
    }

    private func json(_ line: String) throws -> JSONValue { try JSONReader.value(of: Array(line.utf8)) }

    @Test("The members of a guest")
    func members() throws {
        let xml = """
            <domain type='kvm' id='7'><name>a "b"</name><uuid>12345678-1234-1234-1234-123456789abc</uuid><vcpu>4</vcpu>
            <metadata><o:libosinfo xmlns:o='http://libosinfo.org/xmlns/libvirt/domain/1.0'><o:os id='http://microsoft.com/win/11'/></o:libosinfo></metadata>
            <os><type arch='x86_64' machine='q35'>hvm</type></os><cpu mode='host-passthrough'/>
            <devices><hostdev mode='subsystem'/><hostdev mode='capabilities'/><interface type='hostdev'/><interface type='bridge'/></devices>
            <q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='-cpu'/><q:arg value='host,kvm=off'/></q:commandline></domain>
            """
        let line = try json(facts(record("{\"n\": [1,2]}", xml)).lines[0])
        #expect(line["id"] == ["n": [JSONValue(1), JSONValue(2)]] && line["host"]?.string == "h1" && line["cluster"] == nil)
        #expect(line["name"]?.string == "a \"b\"" && line["uuid"]?.string == "12345678-1234-1234-1234-123456789abc")
        #expect(line["type"]?.string == "kvm" && line["arch"]?.string == "x86_64" && line["machine"]?.string == "q35")
        #expect(line["mode"]?.string == "host-passthrough" && line["followsHost"] == .bool(true) && line["running"] == .bool(true))
        #expect(line["windows"]?.string == "libosinfo id http://microsoft.com/win/11" && line["os"]?.string == "http://microsoft.com/win/11")
        #expect(line["vcpus"]?.integer == 4 && line["qemuCPU"]?.string == "host,kvm=off" && line["hostdevs"]?.integer == 3)
        #expect(line["domain"]?.string == "<domain type='kvm'><os><type arch='x86_64'>hvm</type></os><cpu mode='host-passthrough'/></domain>")
    }

    @Test("An id comes back byte for byte", arguments: ["17", "\"a\\u00e9\\n\"", "null", "1.50e3", "{ \"a\" : [ ] }", "\"é\u{1f600}\"", "true", "-0"])
    func ids(id: String) throws {
        for xml in [Definitions.hostModel, "<domain", ""] {
            #expect(try facts(record(id, xml)).lines[0].hasPrefix("{\"id\":\(id),"))
        }
    }

    @Test("A fault stays inside its record: every record has one line, in order", arguments: [
        ("<domain", "malformed"), ("", "framing"), ("<network/>", "noDomain"), ("no xml", "malformed"),
        (Definitions.hostModel + Definitions.hostModel, "severalDomains"), ("<domains>\(Definitions.hostModel)\(Definitions.hostModel)</domains>", "severalDomains"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><domain/>", "refused"), ("<domain type='kvm'><cpu mode='nonsense'/></domain>", "unreadableCPU"),
        (String(repeating: " ", count: 5000) + Definitions.hostModel, "tooLarge"),
    ])
    func faults(xml: String, code: String) throws {
        let input = record("1", Definitions.hostModel) + record("2", xml) + record("3", Definitions.passthrough)
        let (lines, words) = try facts(input, limit: 4000)
        #expect(lines.count == 3)
        #expect(try json(lines[1])["error"]?["code"]?.string == code && json(lines[1])["id"]?.integer == 2)
        #expect(try json(lines[0])["mode"]?.string == "host-model" && json(lines[2])["mode"]?.string == "host-passthrough")
        #expect(words.hasSuffix("virt-cpu facts: 3 records, 1 with an error (\(code) 1)\n"))
    }

    @Test("A definition in JSON is UTF-8, whatever its declaration says", arguments: ["ISO-8859-1", "utf-16", "UTF-16LE", "UTF-8", "Shift_JIS", "EBCDIC-US"])
    func declaredEncodings(_ encoding: String) throws {
        let xml = "<?xml version='1.0' encoding='\(encoding)'?>\n" + Definitions.guest("<cpu mode='host-model'/>", name: "caf\u{e9} \u{20ac}")
        let (lines, words) = try facts(record("1", xml) + record("2", Definitions.hostModel))
        #expect(try lines.map { try json($0)["name"]?.string } == ["caf\u{e9} \u{20ac}", "g"], "\(words)")
    }

    @Test("A line that is no record has an error, too", arguments: [
        "", "[]", "{", "{\"id\":1}", "{\"id\":1,\"xml\":7}", "{\"xml\":\"<domain/>\"} x", "{\"xml\":\"\\ud800\"}", "{\"xml\":\"\u{1}\"}", "null", "\u{feff}{}",
    ])
    func framing(line: String) throws {
        let (lines, _) = try facts(line + "\n" + record("2", Definitions.hostModel))
        #expect(lines.count == 2 && lines[0].contains("\"code\":\"framing\"") && lines[1].hasPrefix("{\"id\":2,"))
    }

    @Test("The id stands although the definition is no UTF-8, or cut in the middle of a character")
    func brokenText() throws {
        let bad = Array("{\"id\":\"me\",\"xml\":\"a".utf8) + [0xff] + Array("\"}\n".utf8)
        let long = Array("{\"id\":\"me\",\"xml\":\"\(String(repeating: "é", count: 2 << 20))\"}\n".utf8)
        for (bytes, code) in [(bad, "framing"), (long, "tooLarge")] {
            let (input, output, errors) = (ScratchFile(bytes), ScratchFile(), ScratchFile())
            let channels = Channels(input: input.descriptor, output: output.descriptor, errors: errors.descriptor)
            try FactsJob(maximumDomainSize: 1 << 10, mostErrors: nil, channels).answer(.ndjson)
            #expect(String(decoding: output.contents, as: UTF8.self).hasPrefix("{\"id\":\"me\",\"error\":{\"code\":\"\(code)\""))
        }
    }

    @Test("Records ended by NUL are numbered, and the last one needs no NUL")
    func nul() throws {
        let (lines, _) = try facts("\(Definitions.hostModel)\0\0<domain\0\(Definitions.passthrough)", .nul)
        #expect(lines.map { $0.prefix(8) } == ["{\"id\":1,", "{\"id\":2,", "{\"id\":3,", "{\"id\":4,"])
        #expect(lines[1].contains("framing") && lines[2].contains("malformed") && lines[3].contains("host-passthrough"))
    }

    @Test("A record that is too long keeps its id if that stands before the definition, and costs no memory")
    func tooLong() throws {
        let long = String(repeating: "x", count: 4 << 20)
        let (lines, _) = try facts(record("\"me\"", long) + "{\"xml\":\"\(long)\",\"id\":3}\n" + record("4", Definitions.hostModel), limit: 1 << 10)
        #expect(lines.map { $0.prefix(20) }.count == 3)
        #expect(lines[0].hasPrefix("{\"id\":\"me\",\"error\":{\"code\":\"tooLarge\"") && lines[1].hasPrefix("{\"id\":null,") && lines[2].hasPrefix("{\"id\":4,"))
    }

    @Test("Too many errors end the work")
    func mostErrors() throws {
        let bad = record("1", "<domain")
        #expect(try facts(bad + bad + record("3", Definitions.hostModel), mostErrors: 2).lines.count == 3)
        let (lines, words) = try facts(bad + bad + record("3", Definitions.hostModel), mostErrors: 1)
        #expect(lines.count == 2 && words.contains("3 records") == false)
    }

    @Test("Any split into partitions and any order give the same lines")
    func partitions() throws {
        var generator = SplitMix64(seed: 20261130)
        let definitions = [Definitions.hostModel, Definitions.passthrough, Definitions.invalid, Definitions.fixable, "<domain", "<domain type='xen'/>"]
        let records = (0..<60).map { record("\($0)", definitions[$0 % definitions.count].replacing("<name>g", with: "<name>g\($0)")) }
        let whole = Set(try facts(records.joined()).lines)
        #expect(whole.count == records.count)
        for _ in 0..<5 {
            var parts: [[String]] = [[], [], [], []]
            for record in records.shuffled(using: &generator) { parts[Int(generator.next() % 4)].append(record) }
            #expect(Set(try parts.flatMap { try facts($0.joined()).lines }) == whole)
        }
    }

    @Test("A file that cannot be read is not taken for one that is refused", arguments: ["none.xml", "secret.xml", "entity.xml"])
    func unreadableFiles(_ name: String) throws {
        let directory = TemporaryDirectory()
        directory.write("entity.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><domain/>")
        // A link to itself cannot be opened, not even by root.
        #expect(symlink("\(directory.path)/secret.xml", "\(directory.path)/secret.xml") == 0)
        let result = outcome { try FactsJob(maximumDomainSize: 1 << 20, mostErrors: nil, $0).answer(about: ["\(directory.path)/\(name)"]) }
        let code = try JSON(result.text.split(separator: "\n")[0])["error"]?["code"]
        #expect(result.status == 2 && code == .string(name == "entity.xml" ? "refused" : "unreadable"), "\(result.text)")
    }

    @Test("An ask is remembered by how the CPU is written, not by the rest; the machine counts where it decides")
    func cache() throws {
        let full = Definitions.guest("<cpu mode='custom' check='full'><model>Haswell</model></cpu>")
        let lines = try facts(
            record("1", full) + record("2", full.replacing("7.2", with: "9.2")) + record("3", full.replacing("check='full'", with: ""))
                + record("4", full.replacing("check='full'", with: "").replacing("7.2", with: "9.2"))
                + record("5", full.replacing("kvm", with: "qemu")) + record("6", full)
        ).lines
        let asks = try lines.map { try json($0)["ask"]?.string ?? "" }
        #expect(asks[0] != asks[1] && asks[2] == asks[3] && asks[4] != asks[0] && asks[5] == asks[0])
    }
}
