import Glibc
import Lint
import Reports
import SystemPackage
import TestSupport
import Testing

@testable import Work

/// A fleet of three hosts in two clusters, and what its report says.
@Suite("The report about a fleet")
struct FleetReportTests {
    private let directory = TemporaryDirectory()

    /// The domain capabilities of a host with a model and more features.
    private static func host(_ model: String, with more: [String] = []) -> String {
        """
        <domainCapabilities><path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><arch>x86_64</arch><cpu>
        <mode name='host-model' supported='yes'><model fallback='forbid'>\(model)</model><vendor>Intel</vendor>
        \(more.map { "<feature policy='require' name='\($0)'/>" }.joined())</mode>
        <mode name='custom' supported='yes'>\(["Haswell", "Skylake-Server", "Nehalem"].map { "<model usable='\(usable($0, on: model))'>\($0)</model>" }.joined())</mode></cpu></domainCapabilities>
        """
    }

    private static func usable(_ model: String, on host: String) -> String {
        host == "Skylake-Server" || host == model || model == "Nehalem" ? "yes" : "no"
    }

    private func fleet(_ guests: [(id: String, host: String, cpu: String)]) throws -> FleetQuestion.Fleet {
        directory.write("hosts/a1.domcapabilities.xml", Self.host("Skylake-Server", with: ["mpx"]))
        directory.write("hosts/a2.domcapabilities.xml", Self.host("Skylake-Server"))
        directory.write("hosts/b1.domcapabilities.xml", Self.host("Haswell"))
        directory.write("clusters", "a1\ta\na2\ta\nb1\tb\n")
        let kinds = outcome { try KindsJob(.builtIn, libvirt: nil, timeout: 30, clusters: "\(directory.path)/clusters", $0).run(["\(directory.path)/hosts"]) }
        #expect(kinds.status == 0, "\(kinds.errors)")
        directory.write("kinds", kinds.text)
        let records = guests.map { guest -> String in
            let xml = "<domain type='kvm'><name>g</name><os><type arch='x86_64'>hvm</type></os>\(guest.cpu)</domain>"
            let json: JSONValue = ["id": .string(guest.id), "host": .string(guest.host), "xml": .string(xml)]
            return json.text + "\n"
        }
        let facts = outcome(input: Array(records.joined().utf8)) { try FactsJob(maximumDomainSize: 1 << 20, mostErrors: nil, $0).answer(.ndjson) }
        directory.write("facts", facts.text)
        return try FleetQuestion(.builtIn, libvirt: nil, timeout: 30).fleet(["\(directory.path)/kinds"], facts: ["\(directory.path)/facts"])
    }

    private static func model(_ name: String) -> String { "<cpu mode='custom'><model fallback='forbid'>\(name)</model></cpu>" }

    private func report() throws -> JSON {
        let fleet = try fleet([
            ("g1", "a1", Self.model("Skylake-Server")), ("g2", "a2", Self.model("Nehalem")), ("g3", "b1", Self.model("Skylake-Server")),
            ("g4", "b1", Self.model("Haswell")), ("g5", "a1", "<cpu mode='host-passthrough'/>"),
        ])
        return try JSON(fleet.json(.report, within: .cluster).text)
    }

    @Test("Each cluster has its guests, in the state that they are in on its hosts alone")
    func clusters() throws {
        let clusters = try report()["clusters"]?.items ?? []
        #expect(clusters.map { $0["cluster"] } == [.string("a"), .string("b")])
        #expect(clusters.map { $0["hosts"] } == [.array([.number(0), .number(1)]), .array([.number(2)])])
        #expect(clusters.map { $0["guests"] } == [.number(3), .number(2)])
        // Haswell starts on every host of the fleet; within its cluster there is no other.
        #expect(clusters[1]["states"]?["refused-where-it-is"] == .number(1))
        #expect(clusters[1]["states"]?["cannot-leave"] == .number(1))
        #expect(clusters[0]["states"]?["everywhere"] == .number(3))
        #expect(clusters[0]["refused"]?.items.isEmpty == true)
        let refused = clusters[1]["refused"]?.items ?? []
        #expect(refused.map { $0["samples"] } == [.array([.string("g3")])])
        #expect(refused.map { $0["guests"] } == [.number(1)])
    }

    @Test("A field names guests that are there, and says why by the index of its reasons")
    func fields() throws {
        let report = try report()
        let columns = report["matrix"]?["columns"]?.items ?? [], rows = report["matrix"]?["rows"]?.items ?? []
        let row = try #require(rows.first { $0["guests"] == .number(2) && $0["answers"] == .string("sr") })
        #expect(columns.map { $0["hosts"] } == [.array([.number(0), .number(1)]), .array([.number(2)])])
        #expect(row["here"] == .array([.number(1), .number(1)]))
        #expect(row["samples"] == .array([.array([.string("g1")]), .array([.string("g3")])]))
        guard case .number(let why)? = row["why"]?.items.last else { Issue.record("no reason"); return }
        let reason = try #require(report["reasons"]?.items[why].items.first)
        #expect(row["why"]?.items.first == .null)
        let names = try #require(report["features"]?.items)
        let features: [JSON] = (reason["features"]?.items ?? []).compactMap { if case .number(let place) = $0 { names[place] } else { nil } }
        #expect(features.contains(JSON.string("avx512f")))
        guard case .string(let text)? = reason["text"] else { Issue.record("no text"); return }
        #expect(text.hasSuffix("…") && !text.contains("avx512f"))
    }

    @Test("A kind states what tells it from the most hosts with its model")
    func differences() throws {
        let report = try report()
        let kinds = report["kinds"]?.items ?? [], features = report["features"]?.items ?? []
        func words(_ kind: JSON, _ member: String) -> [JSON] {
            (kind[member]?.items ?? []).compactMap { if case .number(let place) = $0 { features[place] } else { nil } }
        }
        #expect(kinds.map { words($0, "lost") } == [[], [.string("mpx")], []])
        #expect(kinds.allSatisfy { words($0, "gained").isEmpty })
    }

    @Test("A report is a page where no person reads along, the matrix on a terminal, and JSON if asked for")
    func formats() throws {
        let fleet = try fleet([("g", "a1", Self.model("Haswell"))])
        func printed(_ topic: FleetTopic, _ format: FleetOutput.Format?) -> String {
            outcome { try FleetOutput(topic, format, file: nil, $0).print(fleet, within: .cluster) }.text
        }
        #expect(printed(.report, nil).hasPrefix("<!DOCTYPE html>"))
        #expect(printed(.report, .json) == fleet.json(.report, within: .cluster).text + "\n")
        #expect(printed(.report, .text) == printed(.matrix, nil))
        #expect(printed(.matrix, nil).contains("# starts there"))
        var terminal: Int32 = 0, other: Int32 = 0
        try #require(openpty(&other, &terminal, nil, nil, nil) == 0)
        defer { close(terminal); close(other) }
        try FleetOutput(.report, nil, file: nil, Channels(input: 0, output: terminal, errors: 2)).print(fleet, within: .cluster)
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = read(other, &bytes, bytes.count)
        #expect(String(decoding: bytes[..<max(0, count)], as: UTF8.self).contains("guests"))
    }

    @Test("--output replaces the file whole, and leaves it alone where it cannot")
    func file() throws {
        let fleet = try fleet([("</script><b>", "a1", Self.model("Haswell"))])
        let file = FilePath(directory.write("page.html", "old"))
        try FleetOutput(.report, nil, file: file).print(fleet, within: .cluster)
        let text = String(decoding: Corpus.read(file.string), as: UTF8.self)
        #expect(text.hasPrefix("<!DOCTYPE html>") && text.hasSuffix("</html>\n"))
        #expect(!text.contains("</script><b>"))
        #expect(throws: IOFailure.self) { try FleetOutput(.report, nil, file: FilePath("\(directory.path)/none/page.html")) }
        #expect(Corpus.names(in: directory.path).filter { $0.contains("page") } == ["page.html"])
    }
}
