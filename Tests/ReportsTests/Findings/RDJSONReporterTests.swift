import Reports
import TestSupport
import Testing

@testable import Lint

@Suite("Findings as reviewdog's diagnostics")
struct RDJSONReporterTests {
    private let reporter = ReportFormat.rdjson.reporter(isColored: true, namesDomains: true)

    private func diagnostic(_ finding: Finding) throws -> JSON { try JSON(reporter.lines(for: finding, in: "./vms/a.xml")) }

    @Test("A diagnostic has message, path, range, severity and rule")
    func whole() throws {
        let text = reporter.opening + reporter.lines(for: [.example, .example], in: "./vms/a.xml") + reporter.closing
        let report = try JSON(text.replacing("\n", with: ""))
        #expect(report["source"]?["name"] == .string("virt-cpu"))
        let one = try #require(report["diagnostics"]?.items.first)
        #expect(one["message"] == .string("the CPU is the host's\nfirst note\nsecond note\nHelp: name a model"))
        #expect(one["location"]?["path"] == .string("vms/a.xml"))
        #expect(one["code"]?["value"] == .string("host-passthrough") && one["severity"] == .string("WARNING"))
        #expect(report["diagnostics"]?.items.count == 2)
        #expect(try diagnostic(.example.with { $0.severity = .note })["severity"] == .string("INFO"))
    }

    @Test("With a homepage, a rule's code has its address; what could not be judged has no page")
    func homepage() throws {
        let reporter = ReportFormat.rdjson.reporter(isColored: false, namesDomains: false, homepage: "https://example.org")
        func code(_ finding: Finding) throws -> JSON? { try JSON(reporter.lines(for: finding, in: "a.xml"))["code"] }
        #expect(try code(.example)?["url"] == .string("https://example.org/docs/rules.md#host-passthrough"))
        #expect(try code(.example.with { $0.rule = "not-judged" })?.names == ["value"])
        #expect(try diagnostic(.example)["code"]?.names == ["value"] || Reports.Program.homepage != nil)
    }

    /// The columns of a finding count characters: `é` is one of two bytes, and the last one takes four.
    @Test("Columns count bytes of UTF-8", arguments: [
        ("  <cpu a='\u{e9}\u{1f600}'/>", 3, 16, 3, 20), ("\u{e9}\u{e9}<cpu/>", 3, 9, 5, 11), ("<cpu/>", 1, 7, 1, 7),
    ])
    func columns(_ line: String, _ start: Int, _ end: Int, _ startByte: Int, _ endByte: Int) throws {
        let range = try diagnostic(.example.with {
            $0.sourceLine = line
            ($0.sourceOffset, $0.start.column, $0.end.column) = (start - 1, start, end)
        })["location"]?["range"]
        #expect(range?["start"]?["column"] == .number(startByte) && range?["end"]?["column"] == .number(endByte))
    }

    @Test("Of a line of which only a part is known, and of several lines, only what is known is stated")
    func partial() throws {
        let cut = try diagnostic(.example.with { $0.sourceOffset = 1 })["location"]?["range"]
        #expect(cut?["start"]?.names == ["line"] && cut?["end"] == nil)
        let several = try diagnostic(.example.with { $0.end.line = 6 })["location"]?["range"]
        #expect(several?["start"]?["column"] == .number(3) && several?["end"] == nil)
    }
}
