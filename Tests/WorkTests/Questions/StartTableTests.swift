import Lint
import Reports
import TestSupport
import Testing
import Work

@Suite("The table of guests and hosts")
struct StartTableTests {
    private let directory = TemporaryDirectory()
    private static let hosts = ["hv01", "hv02"].map { "\(Corpus.repository)/Examples/hosts/\($0).capabilities.xml" }

    private func table(_ files: [String] = [""], _ form: JSONForm? = nil) -> Outcome {
        answer(form) { try HostQuestion(.builtIn, timeout: 30, ignoresPolicies: true, $0).startTable(files.map { "\(directory.path)/\($0)" }, with: Self.hosts, to: $1) }
            .without(directory)
    }

    private func guest(_ cpu: String, _ name: String, arch: String = "x86_64") -> String {
        Definitions.guest(cpu, name: name).replacing("x86_64", with: arch)
    }

    @Test("Each guest has a line with a word for each host, and the end says how many start everywhere")
    func words() {
        directory.write("a.xml", guest("<cpu mode='custom' match='exact'><model fallback='forbid'>Nehalem</model></cpu>", "old"))
        // hv01 is a Skylake-Server and hv02 a Cascade Lake.
        directory.write("b.xml", guest("<cpu mode='custom' match='exact'><model fallback='forbid'>Cascadelake-Server-noTSX</model></cpu>", "new"))
        directory.write("c.xml", guest("<cpu mode='host-model'/>", "follows"))
        directory.write("d.xml", guest("", "arm", arch: "aarch64"))
        directory.write("hosts.xml", "<capabilities/>")
        let outcome = table()
        #expect(outcome.status == 1)
        let lines = outcome.text.split(separator: "\n").map { $0.split(whereSeparator: { $0 == " " }).map(String.init) }
        #expect(lines[0] == ["1", "hv01"] && lines[1] == ["2", "hv02"] && lines[2] == ["1", "2"])
        #expect(lines[3].prefix(2) == ["a.xml:", "old"] && lines[3].suffix(2).allSatisfy { $0.hasPrefix("yes") })
        #expect(lines[4].prefix(2) == ["b.xml:", "new"] && lines[4][2].hasPrefix("no") && lines[4][3].hasPrefix("yes"))
        #expect(lines[5].suffix(2).allSatisfy { $0.hasPrefix("yes") })
        #expect(lines[6].suffix(2) == ["-", "-"])
        #expect(outcome.text.contains("\n4 guests: 2 start on all hosts, 0 on none\n"))
        #expect(!outcome.text.contains("hosts.xml"))
    }

    @Test("As JSON, each guest has its answers with what is missing")
    func json() throws {
        directory.write("b.xml", guest("<cpu mode='custom' match='exact'><model fallback='forbid'>Cascadelake-Server-noTSX</model></cpu>", "new"))
        let json = try JSON(table([""], .jsonLines).text.dropLast())
        #expect(json["file"] == .string("b.xml") && json["name"] == .string("new"))
        let answers = try #require(json["hosts"]?.items)
        #expect(answers.map { $0["answer"] } == [.string("refuses"), .string("starts")])
        #expect(answers[0]["missing"]?.items.contains(.string("avx512vnni")) == true && answers[1]["missing"]?.items.isEmpty == true)
    }

    @Test("If no file describes a guest, that is an error about the directory, as for compare")
    func noGuests() throws {
        directory.write("vms/hv01.xml", String(decoding: Corpus.read(Self.hosts[0]), as: UTF8.self))
        let outcome = table(["vms"], .jsonLines)
        #expect(outcome.status == 2 && outcome.errors == "virt-cpu: error: vms: no file describes a guest\n")
        let problem = try JSON(outcome.text.dropLast())
        #expect(problem["file"] == .string("vms") && problem["rule"] == .string("not-judged"))
    }

    @Test("A broken file is an error beside the answers about the others")
    func broken() {
        directory.write("a.xml", guest("<cpu mode='host-model'/>", "a"))
        directory.write("b.xml", "<domain")
        let outcome = table()
        #expect(outcome.status == 2 && outcome.text.contains("a.xml: a") && outcome.errors.contains("b.xml:"))
    }
}
