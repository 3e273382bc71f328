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

    /// - Parameters:
    ///   - clusters: what the file with the clusters of the hosts holds.
    ///   - cluster: what the facts state as the cluster of all guests.
    private func fleet(
        _ guests: [(id: String, host: String, cpu: String)], hosts: [String: String]? = nil, clusters: String = "a1\ta\na2\ta\nb1\tb\n",
        cluster: String? = nil
    ) throws -> FleetQuestion.Fleet {
        let files = hosts ?? [
            "a1.domcapabilities.xml": Self.host("Skylake-Server", with: ["mpx"]), "a2.domcapabilities.xml": Self.host("Skylake-Server"),
            "b1.domcapabilities.xml": Self.host("Haswell"),
        ]
        for (name, text) in files { directory.write("hosts/\(name)", text) }
        directory.write("clusters", clusters)
        let kinds = outcome { try KindsJob(.builtIn, libvirt: nil, timeout: 30, clusters: "\(directory.path)/clusters", $0).run(["\(directory.path)/hosts"]) }
        #expect(kinds.status == 0, "\(kinds.errors)")
        directory.write("kinds", kinds.text)
        let records = guests.map { guest -> String in
            let xml = "<domain type='kvm'><name>g</name><os><type arch='x86_64'>hvm</type></os>\(guest.cpu)</domain>"
            let json: JSONValue = ["id": .string(guest.id), "host": .string(guest.host), "cluster": JSONValue(cluster), "xml": .string(xml)]
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
        return try JSON(FleetAnswer(.report, about: fleet, within: .cluster).json.text)
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
        guard case .number(let why)? = row["why"]?.items.last?.items.first?["why"] else { Issue.record("no reason"); return }
        let reason = try #require(report["reasons"]?.items[why].items.first)
        #expect(row["why"]?.items.first == .null)
        let names = try #require(report["features"]?.items)
        let features: [JSON] = (reason["features"]?.items ?? []).compactMap { if case .number(let place) = $0 { names[place] } else { nil } }
        #expect(features.contains(JSON.string("avx512f")))
        guard case .string(let text)? = reason["text"] else { Issue.record("no text"); return }
        #expect(text.hasSuffix("…") && !text.contains("avx512f"))
    }

    @Test("A field has the reasons of all its CPUs, each with the CPUs that it holds for")
    func allReasons() throws {
        func nehalem(_ features: String...) -> String {
            let more = features.map { "<feature policy='require' name='\($0)'/>" }.joined()
            return Self.model("Nehalem").replacing("</cpu>", with: "\(more)</cpu>")
        }
        // A Haswell has neither.
        let fleet = try fleet([("g1", "b1", nehalem("avx512f")), ("g2", "b1", nehalem("avx512f", "avx512bw"))])
        let report = try JSON(FleetAnswer(.matrix, about: fleet, within: .cluster).json.text)
        let rows = try #require(report["matrix"]?["rows"]?.items)
        #expect(rows.map { $0["answers"] } == [.string("sr")])
        let names = report["features"]?.items ?? [], reasons = report["reasons"]?.items ?? [], asks = report["asks"]?.items ?? []
        func element(_ list: [JSON], _ index: JSON?) throws -> JSON { if case .number(let number)? = index { list[number] } else { throw JSONMistake() } }
        struct JSONMistake: Error {}
        let causes = try #require(rows[0]["why"]?.items.last?.items)
        var lacking: [String: Set<String>] = [:]
        for cause in causes {
            #expect(cause["kinds"] == .null && cause["asks"]?.items.count == 1)
            let words = try element(asks, cause["asks"]?.items.first)["words"]
            let features = try element(reasons, cause["why"]).items.flatMap { try ($0["features"]?.items ?? []).map { "\(try element(names, $0))" } }
            lacking["\(words!)"] = Set(features)
        }
        let one = "\(JSON.string("avx512f"))", other = "\(JSON.string("avx512bw"))"
        #expect(lacking == ["\(JSON.string("Nehalem +avx512f"))": [one], "\(JSON.string("Nehalem +avx512bw +avx512f"))": [one, other]])
    }

    @Test("Facts in another order give the same JSON and the same text", arguments: FleetTopic.allCases.filter { $0 != .whatIf })
    func shuffled(_ topic: FleetTopic) throws {
        let models = ["Skylake-Server", "Nehalem", "Haswell"].map(Self.model) + ["<cpu mode='host-model'/>", "<cpu mode='host-passthrough'/>"]
        let guests = (0..<60).map { (id: "g\($0)", host: ["a1", "a2", "b1"][$0 % 3], cpu: models[$0 / 3 % 5]) }
        let one = try fleet(guests), other = try fleet(guests.reversed())
        #expect(FleetAnswer(topic, about: one, within: .cluster).json == FleetAnswer(topic, about: other, within: .cluster).json)
        #expect(FleetAnswer(topic, about: one, within: .cluster).text == FleetAnswer(topic, about: other, within: .cluster).text)
    }

    @Test("No name of a host, cluster or guest reaches the terminal as a control sequence", arguments: FleetTopic.allCases)
    func terminal(_ topic: FleetTopic) throws {
        let escape = "\u{1b}[31m\u{202e}"
        let windows = "<cpu mode='host-model'/><metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"
            + "<l:os id='http://microsoft.com/win/11'/></l:libosinfo></metadata>"
        _ = try fleet([
            ("g1\(escape)", "a1", Self.model("Skylake-Server")), ("g2", "b1", Self.model("Skylake-Server")), ("g3", "a1", windows),
            ("g4", "a1", Self.model("Haswell\u{202e}")),
        ])
        // The names that files state, as those of kinds do.
        let kinds = String(decoding: Corpus.read("\(directory.path)/kinds"), as: UTF8.self)
        directory.write("kinds", kinds.replacing(#""a1""#, with: #""a1\u001b[31m\u202e""#).replacing(#""a2""#, with: #""a2\u001b[31m\u202e""#).replacing(#""b""#, with: #""b\u001b[31m""#).replacing(#""a""#, with: #""a\u001b[31m""#))
        let facts = String(decoding: Corpus.read("\(directory.path)/facts"), as: UTF8.self)
        directory.write("facts", facts.replacing(#""a1""#, with: #""a1\u001b[31m\u202e""#))
        let question = try FleetQuestion(.builtIn, libvirt: nil, timeout: 30)
        let hostile = try question.fleet(["\(directory.path)/kinds"], facts: ["\(directory.path)/facts"])
        #expect(hostile.judge.census.hosts[0].name == "a1\(escape)" && hostile.judge.census.hosts[0].cluster == "a\u{1b}[31m")
        let whatIf = topic == .whatIf ? try question.whatIf(hostile, leaving: ["a2*"], joining: [], changes: []) : nil
        let text = FleetAnswer(topic, about: hostile, within: .cluster, whatIf).text
        #expect(text.contains("\u{241b}"), "\(text)")
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202e }, "\(text.debugDescription)")
    }

    @Test("A drain of all hosts counts those that nothing blocks, and of named ones answers each")
    func freeHosts() throws {
        let fleet = try fleet([("g1", "a1", Self.model("Nehalem")), ("g2", "b1", Self.model("Haswell"))])
        let all = FleetAnswer(.drain, about: fleet, within: .cluster).text
        #expect(all.hasPrefix("b1, cluster b: 1 guest, 0 other hosts\n  1 guest with Haswell cannot move while it runs: g2\n"))
        #expect(all.hasSuffix("\n2 hosts can be emptied while the guests run, as far as their CPUs decide\n"))
        #expect(!all.contains("a1") && !all.contains("a2"))
        #expect(FleetAnswer(.drain, about: fleet, within: .cluster, of: [0]).text == """
            a1, cluster a: 1 guest, 1 other host
              every guest can move to another host while it runs, as far as the CPU decides

            """)
    }

    @Test("A cluster that only the facts state counts after a change, too")
    func clustersOfFacts() throws {
        // Only the host outside the cluster starts g1 as well.
        let fleet = try fleet([("g1", "a1", Self.model("Skylake-Server")), ("g2", "b1", Self.model("Nehalem"))], hosts: [
            "a1.domcapabilities.xml": Self.host("Skylake-Server"), "b1.domcapabilities.xml": Self.host("Haswell"),
        ], clusters: "", cluster: "c")
        let question = try FleetQuestion(.builtIn, libvirt: nil, timeout: 30)
        func text(without host: String) throws -> String {
            FleetAnswer(.whatIf, about: fleet, within: .cluster, try question.whatIf(fleet, leaving: [host], joining: [], changes: [])).text
        }
        #expect(try text(without: "a1").contains("\n1 guest must leave its host, and starts on no other host of the cluster\n"))
        #expect(try text(without: "b1").contains("\n1 guest must leave its host\n"))
    }

    @Test("Hosts and facts cannot both be stdin, and a file of facts counts once")
    func inputs() throws {
        let fleet = try fleet([("g", "a1", Self.model("Haswell"))])
        #expect(fleet.judge.census.guests == 1)
        let question = try FleetQuestion(.builtIn, libvirt: nil, timeout: 30), facts = "\(directory.path)/facts"
        #expect(throws: FleetError("stdin is read for the hosts: name a file of facts")) { try question.fleet(["-"], facts: ["-"]) }
        #expect(throws: FleetError("\(facts) is named twice, so its guests would count twice")) { try question.fleet(["\(directory.path)/kinds"], facts: [facts, facts]) }
    }

    @Test("A drain of hosts without domain capabilities says that it is not certain")
    func uncertainDrain() throws {
        let names = ["hv01", "hv02"]
        let hosts = Dictionary(uniqueKeysWithValues: names.map { ("\($0).capabilities.xml", String(decoding: Definitions.example("hosts/\($0).capabilities.xml"), as: UTF8.self)) })
        let fleet = try fleet([("g1", "hv01", Self.model("Nehalem")), ("g2", "hv02", Self.model("Nehalem"))], hosts: hosts, clusters: "")
        #expect(FleetAnswer(.drain, about: fleet, within: .cluster).text == "2 hosts can probably be emptied while the guests run, as far as their CPUs decide\n")
        #expect(FleetAnswer(.drain, about: fleet, within: .cluster, of: [0]).text.contains("every guest can probably move to another host"))
        let drain = try JSON(FleetAnswer(.drain, about: fleet, within: .cluster).json.text)["drain"]?.items[0]
        #expect(drain?["liveCertain"] == .bool(false) && drain?["coldCertain"] == .bool(false))
    }

    @Test("A change that Windows guests would see is called probable once, and its models have their bare names")
    func uncertainWindows() throws {
        let windows = "<cpu mode='host-model'/><metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"
            + "<l:os id='http://microsoft.com/win/11'/></l:libosinfo></metadata>"
        let hosts = Dictionary(uniqueKeysWithValues: ["hv01", "hv02"].map { ("\($0).capabilities.xml", String(decoding: Definitions.example("hosts/\($0).capabilities.xml"), as: UTF8.self)) })
        let answer = FleetAnswer(.windows, about: try fleet([("g1", "hv01", windows)], hosts: hosts, clusters: ""), within: .cluster)
        #expect(answer.text.contains("if it starts on hv02: probably ") && answer.text.ranges(of: "probably").count == 1, "\(answer.text)")
        let change = try JSON(answer.json.text)["windows"]?["changes"]?.items[0]
        for name in ["now", "there"] {
            guard case .string(let model)? = change?[name] else { throw FleetError("no model") }
            #expect(!model.contains(" "))
        }
    }

    @Test("Where a host shows its capabilities alone, what depends on it is counted as not certain")
    func certainty() throws {
        let capabilities = String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self)
        let fleet = try fleet([("g1", "hv01", Self.model("Nehalem")), ("g2", "hv01", Self.model("Nehalem"))], hosts: ["hv01.capabilities.xml": capabilities], clusters: "")
        let json = try JSON(FleetAnswer(.matrix, about: fleet, within: .cluster).json.text)
        #expect(json["fleet"]?["notCertain"] == .number(2))
        #expect(json["matrix"]?["rows"]?.items.map { $0["certain"] } == [.string("n")])
        #expect(FleetAnswer(.matrix, about: fleet, within: .cluster).text.contains("\n2 of these are not certain: virsh capabilities or virsh domcapabilities of a host is missing\n"))
        // Whoever the hypervisor says that it can run starts for certain. What it does not list can be a matter of the processor.
        let other = try FleetReportTests().fleet([("g1", "a1", Self.model("Nehalem")), ("g2", "b1", Self.model("Skylake-Server"))])
        let known = try JSON(FleetAnswer(.matrix, about: other, within: .cluster).json.text)
        #expect(known["fleet"]?["notCertain"] == .number(1))
        #expect(known["matrix"]?["rows"]?.items.map { $0["certain"] } == [.string("yy"), .string("yn")])
    }

    @Test("Each block of a wide matrix has the legend of its letters, in lines of at most 100 columns")
    func legends() throws {
        // Each host has a CPU of its own: a feature more than the one before.
        let features = ["3dnow", "aes", "avx", "avx2", "bmi1", "bmi2", "erms", "f16c"]
        var hosts: [String: String] = [:], clusters = ""
        var guests: [(id: String, host: String, cpu: String)] = features.map { feature in
            (feature, "h0", Self.model("Nehalem").replacing("</cpu>", with: "<feature policy='require' name='\(feature)'/></cpu>"))
        }
        guests.append(("g", "h0", Self.model("Nehalem")))
        for number in 0..<60 {
            let own = features.indices.filter { (number + 1) >> $0 & 1 != 0 }.map { features[$0] }
            hosts["h\(number)-with-a-name-that-is-long.domcapabilities.xml"] = Self.host("Nehalem", with: own)
            clusters += "h\(number)-with-a-name-that-is-long\tthe cluster in the second room on the left, behind the door of floor \(number)\n"
        }
        let text = FleetAnswer(.matrix, about: try fleet(guests, hosts: hosts, clusters: clusters), within: .cluster).text
        let lines = text.split(separator: "\n")
        let heads = lines.indices.filter { lines[$0].hasPrefix(" ") && lines[$0].contains(" guests ab") }
        try #require(heads.count == 2, "\(text)")
        #expect(lines[..<heads[1]].count { $0.hasPrefix("a  ") } == 1 && lines[heads[1]...].count { $0.hasPrefix("a  ") } == 1)
        #expect(lines.allSatisfy { $0.count <= 100 })
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
            outcome { try FleetOutput(topic, format, file: nil, $0).print { FleetAnswer(topic, about: fleet, within: .cluster) } }.text
        }
        #expect(printed(.report, nil).hasPrefix("<!DOCTYPE html>"))
        let object = FleetAnswer(.report, about: fleet, within: .cluster).json.text
        #expect(printed(.report, .json) == "[\(object)]\n" && printed(.report, .jsonLines) == "\(object)\n")
        #expect(printed(.report, .text) == printed(.matrix, nil))
        #expect(printed(.matrix, nil).contains("# starts there"))
        var terminal: Int32 = 0, other: Int32 = 0
        try #require(openpty(&other, &terminal, nil, nil, nil) == 0)
        defer { close(terminal); close(other) }
        try FleetOutput(.report, nil, file: nil, Channels(input: 0, output: terminal, errors: 2)).print { FleetAnswer(.report, about: fleet, within: .cluster) }
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = read(other, &bytes, bytes.count)
        #expect(String(decoding: bytes[..<max(0, count)], as: UTF8.self).contains("guests"))
    }

    @Test("--output replaces the file whole, and leaves it alone where it cannot")
    func file() throws {
        let fleet = try fleet([("</script><b>", "a1", Self.model("Haswell"))])
        let file = FilePath(directory.write("page.html", "old"))
        try FleetOutput(.report, nil, file: file).print { FleetAnswer(.report, about: fleet, within: .cluster) }
        let text = String(decoding: Corpus.read(file.string), as: UTF8.self)
        #expect(text.hasPrefix("<!DOCTYPE html>") && text.hasSuffix("</html>\n"))
        #expect(!text.contains("</script><b>"))
        #expect(throws: IOFailure.self) { try FleetOutput(.report, .json, file: file).print { throw IOFailure(message: "no facts") } }
        #expect(String(decoding: Corpus.read(file.string), as: UTF8.self) == text, "an answer that is not found leaves the old file")
        #expect(throws: IOFailure.self) { try FleetOutput(.report, nil, file: FilePath("\(directory.path)/none/page.html")) }
        #expect(Corpus.names(in: directory.path).filter { $0.contains("page") } == ["page.html"])
    }
}
