import DomainXML
import Reports
import TestSupport
import Testing

@testable import Lint

@Suite("Findings as JSON")
struct JSONReporterTests {
    static let object = """
        {"file":"a.xml","line":4,"column":3,"endLine":4,"endColumn":13,"rule":"host-passthrough","severity":"warning",\
        "message":"the CPU is the host's","domain":{"name":"web","uuid":"c7a5fdbd-edaf-9455-926a-d65c16db1809"},\
        "host":"hv01","hosts":["hv01"],"notes":["first note","second note"],"help":"name a model","fixable":false,"fixed":false,\
        "verdicts":[],"moves":[],"schema":"findings","version":"\(Reports.Program.version)"}
        """

    @Test("json-lines: one object per line, and nothing around them")
    func lines() {
        let reporter = ReportFormat.jsonLines.reporter(isColored: true, namesDomains: true)
        #expect(reporter.lines(for: .example, in: "a.xml") == Self.object + "\n")
        #expect(reporter.opening + reporter.separator + reporter.closing == "")
    }

    @Test("json: one array")
    func array() throws {
        let reporter = ReportFormat.json.reporter(isColored: true, namesDomains: true)
        let one = reporter.lines(for: .example, in: "a.xml")
        #expect(one == Self.object)
        let report = reporter.opening + one + reporter.separator + one + reporter.closing
        #expect(try JSON(report.replacing("\n", with: "").replacing(", {", with: ",{")) == .array([JSON(Self.object), JSON(Self.object)]))
        #expect(report.split(separator: "\n").count == 2, "a line for each finding")
        #expect(reporter.opening + reporter.closing == "[]\n")
    }

    @Test("What is not known is null, and fixes are said")
    func absent() throws {
        let finding = Finding.example.with {
            $0.domainName = nil
            $0.domainUUID = nil
            $0.hosts = []
            $0.help = nil
            $0.notes = []
            $0.edits = [Edit($0.span, "")]
            $0.isFixed = true
        }
        let json = try JSON(ReportFormat.json.reporter(isColored: false, namesDomains: false).lines(for: finding, in: "\u{e9}\n"))
        #expect(json["file"] == .string("\u{e9}\n"))
        #expect(json["domain"]?["name"] == .null && json["domain"]?["uuid"] == .null)
        #expect(json["host"] == .null && json["hosts"] == .array([]) && json["help"] == .null && json["notes"] == .array([]))
        #expect(json["fixable"] == .bool(true) && json["fixed"] == .bool(true))
    }

    @Test("A verdict on a host: answer, what is missing, and each reason as words and as a code with its names")
    func verdicts() throws {
        let finding = Finding.example.with {
            $0.verdicts = [
                JointVerdict(HostVerdict(host: "hv01", answer: .refuses, isCertain: true, reasons: [
                    .incompatible(.missingFeatures(["hle", "rtm"])), .blockers(["rtm", "mpx"], ofModel: "Haswell"),
                ])),
                JointVerdict(HostVerdict(host: "hv02", answer: .refuses, isCertain: false, reasons: [.incompatible(.architecture("aarch64"))])),
            ]
            $0.moves = [
                MoveGroup(origins: ["a"], destinations: ["b", "c"], verdict: MoveVerdict(answer: .fails, isCertain: false, obstacles: [
                    .lacks(["vaes"]), .otherVendor(now: "AMD", there: "Intel"),
                ])),
            ]
        }
        let json = try JSON(ReportFormat.jsonLines.reporter(isColored: false, namesDomains: false).lines(for: finding, in: "a.xml").dropLast())
        #expect(json["verdicts"] == (try JSON(spaced: """
            [{"hosts":["hv01"],"answer":"refuses","certain":true,"missing":["hle","rtm","mpx"],"reasons":\
            ["the host lacks required features: hle, rtm","the hypervisor reports Haswell as unusable: missing rtm, mpx"],"causes":\
            [{"code":"missing-features","name":null,"missing":["hle","rtm"],"extra":[]},\
            {"code":"model-blockers","name":"Haswell","missing":["rtm","mpx"],"extra":[]}]},\
            {"hosts":["hv02"],"answer":"other-architecture","certain":false,"missing":[],"reasons":["the host's architecture is not aarch64"],\
            "causes":[{"code":"architecture","name":"aarch64","missing":[],"extra":[]}]}]
            """)))
        #expect(json["moves"] == (try JSON(spaced: """
            [{"from":["a"],"to":["b","c"],"answer":"fails","certain":false,"missing":["vaes"],"codes":["missing-features","vendor"]}]
            """)))
        let mistakes = try JSONSchema(String(decoding: Definitions.example("findings.schema.json"), as: UTF8.self)).mistakes(in: json)
        #expect(mistakes == [])
    }

    @Test("A name in a hostile definition does not make the facts long")
    func longNames() throws {
        let verdict = HostVerdict(host: "h", answer: .refuses, isCertain: true, reasons: [.notListed(String(repeating: "x", count: 1 << 20))])
        let text = ReportFormat.jsonLines.reporter(isColored: false, namesDomains: false)
            .lines(for: .example.with { $0.verdicts = [JointVerdict(verdict)] }, in: "a.xml")
        #expect(text.utf8.count < 6000)
    }

    @Test("The schemas list the codes of reasons", arguments: ["findings", "why-not", "compare-table"])
    func codes(_ name: String) throws {
        let schema = try JSON(spaced: String(decoding: Definitions.example("\(name).schema.json"), as: UTF8.self))
        #expect(schema["definitions"]?["code"]?["enum"]?.items == ReasonCode.allCases.map { .string($0.rawValue) })
    }

    /// The schema lies beside the examples for those who read the reports with programs of their own.
    @Test("The fields are those that Examples/findings.schema.json documents")
    func schema() throws {
        let schema = String(decoding: Definitions.example("findings.schema.json"), as: UTF8.self)
        for name in try JSON(Self.object).names + ["name", "uuid"] { #expect(schema.contains("\"\(name)\": {"), "\(name)") }
    }
}
