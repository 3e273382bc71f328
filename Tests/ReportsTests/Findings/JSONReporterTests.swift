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
        "host":"hv01","hosts":["hv01"],"notes":["first note","second note"],"help":"name a model","fixable":false,"fixed":false}
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

    /// The schema lies beside the examples for those who read the reports with programs of their own.
    @Test("The fields are those that Examples/findings.schema.json documents")
    func schema() throws {
        let schema = String(decoding: Definitions.example("findings.schema.json"), as: UTF8.self)
        for name in try JSON(Self.object).names + ["name", "uuid"] { #expect(schema.contains("\"\(name)\": {"), "\(name)") }
    }
}
