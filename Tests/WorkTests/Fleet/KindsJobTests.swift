import Hosts
import Reports
import TestSupport
import Testing

@testable import Work

@Suite("Packing hosts")
struct KindsJobTests {
    private let directory = TemporaryDirectory()

    private static func capabilities(_ model: String, uuid: String = "u") -> String {
        "<capabilities><host><uuid>\(uuid)</uuid><cpu><arch>x86_64</arch><model>\(model)</model><vendor>Intel</vendor></cpu></host></capabilities>"
    }

    private static let hypervisor = """
        <domainCapabilities><domain>kvm</domain><arch>x86_64</arch><cpu><mode name='host-model' supported='yes'><model>Haswell</model></mode></cpu></domainCapabilities>
        """

    private func kinds(_ specs: [String], clusters: String? = nil) -> Outcome {
        outcome { try KindsJob(.builtIn, libvirt: nil, timeout: 30, clusters: clusters, $0).run(specs) }
    }

    private func lines(_ outcome: Outcome) throws -> [JSONValue] { try outcome.text.split(separator: "\n").map { try JSONReader.value(of: Array($0.utf8)) } }

    @Test("Files that are named one by one make the same hosts as their directory")
    func files() throws {
        var paths: [String] = []
        for name in ["hv1", "hv2"] {
            paths.append(directory.write("h/\(name).capabilities.xml", Self.capabilities("Haswell", uuid: name)))
            paths.append(directory.write("h/\(name).domcapabilities.xml", Self.hypervisor))
        }
        let whole = kinds(["\(directory.path)/h"])
        #expect(kinds(paths).text == whole.text && kinds([paths[3], paths[0], paths[2], paths[1]]).errors == whole.errors)
        #expect(whole.errors == "virt-cpu kinds: 2 hosts of 1 kind\n" && whole.status == 0)
        let lines = try lines(whole)
        #expect(lines.map { $0["host"]?.string } == [nil, "hv1", "hv2"] && lines.dropFirst().allSatisfy { $0["kind"] == lines[0]["kind"] })
        #expect(lines[0]["xml"]?.string?.contains("domainCapabilities") == true)
    }

    @Test("What cannot be read has a line, and the rest stands", arguments: ["broken", "missing", "packed"])
    func unreadable(what: String) throws {
        let good = directory.write("good.xml", Self.capabilities("Haswell"))
        let bad: String
        switch what {
        case "broken": bad = directory.write("bad.xml", "<capabilities")
        case "packed": bad = directory.write("bad.xml", "{\"host\":\"x\",\"kind\":\"none\"}\n")
        default: bad = "\(directory.path)/bad.xml"
        }
        let result = kinds([bad, good])
        let lines = try lines(result)
        #expect(result.status == 2 && lines.count == 3 && lines.contains { $0["error"]?["code"]?.string == "unreadable" })
        #expect(lines.contains { $0["host"]?.string == "good" && $0["kind"] != nil })
        // Packed again, the unreadable host is still there.
        let packed = directory.write("packed", result.text)
        #expect(try self.lines(kinds([packed])).count { $0["error"] != nil } == 1)
    }

    @Test("Packed hosts stand for their files: the same hosts, with clusters and UUIDs")
    func packed() throws {
        let paths = ["Haswell", "Westmere"].map { directory.write("\($0).capabilities.xml", Self.capabilities($0, uuid: "uuid-\($0)")) }
        let clusters = directory.write("clusters", "Haswell\tc1\r\n# a comment\nWestmere\tc2\textra\n")
        let packed = directory.write("packed", kinds(paths, clusters: clusters).text)
        let arguments = HostArguments(try CPUMapSource.builtIn.knowledge())
        let (plain, again) = (try arguments.hosts(for: paths), try arguments.hosts(for: [packed]))
        #expect(again.map(\.name) == plain.map(\.name) && again.map(\.cpu) == plain.map(\.cpu) && again.map(\.uuid) == plain.map(\.uuid))
        #expect(again.map(\.cluster) == ["c1", "c2"] && Set(again.map(\.kind)).count == 2)
        #expect(kinds([packed]).text == kinds(paths, clusters: clusters).text)
    }

    @Test("A host or packed hosts can come from stdin")
    func standardInput() throws {
        let file = directory.write("Haswell.xml", Self.capabilities("Haswell"))
        func read(_ text: String) -> Outcome {
            outcome(input: Array(text.utf8)) { try KindsJob(.builtIn, libvirt: nil, timeout: 1, clusters: nil, $0).run(["-"]) }
        }
        let named = kinds([file]).text, host = read(Self.capabilities("Haswell"))
        #expect(host.status == 0 && host.text == named.replacing("\"Haswell\",\"uuid\"", with: "\"<stdin>\",\"uuid\""))
        #expect(read(named).text == named)
    }

    @Test("Two hosts of one UUID are told")
    func uuids() {
        let paths = ["a", "b"].map { directory.write("\($0).xml", Self.capabilities("Haswell")) }
        #expect(kinds(paths).errors.contains("hosts a and b have one UUID, u: they may be one machine"))
        let spellings = ["4C4C4544-0042-3010-8050-B4C04F4E4D31", "4c4c4544004230108050b4c04f4e4d31"]
        let machines = spellings.enumerated().map { index, uuid in
            directory.write("m\(index).xml", Self.capabilities("Haswell", uuid: uuid))
        }
        #expect(kinds(machines).errors.contains("hosts m0 and m1 have one UUID, "))
    }

    @Test("Packed hosts that are wrong have a place and a reason", arguments: [
        ("{\"host\":\"a\",\"kind\":\"none\"}", "1:1: error: the kind none of host a does not stand before it"),
        ("{\"kind\":\"k\",\"xml\":\"<capabilities\"}", "1:1: error: "), ("{}", "1:1: error: neither a kind nor a host"), ("{\n", "1:1: error: malformed JSON"),
        ("{\"kind\":\"k\",\"libvirt\":\"x\",\"xml\":\"<cpu><arch>x86_64</arch></cpu>\"}", "1:1: error: 'x' is no release of libvirt"),
    ])
    func wrong(text: String, message: String) throws {
        let file = directory.write("packed", text)
        let arguments = HostArguments(try CPUMapSource.builtIn.knowledge())
        let error = #expect(throws: HostError.self) { try arguments.hosts(for: [file]) }
        #expect(error?.description.contains("packed:\(message)") == true, "\(error!)")
    }
}
