import Lint
import Reports
import SystemPackage
import TestSupport
import Testing
import XMLTree

@testable import Work

@Suite("Findings are written as they come")
struct StreamedFindingsTests {
    /// A definition with three findings.
    private static func definition(_ name: String) -> String {
        """
        <domain type='kvm'><name>\(name)</name><os><type arch='x86_64' machine='pc-q35-9.2'>hvm</type></os>
        <cpu mode='custom' match='exact' check='none'><model>Nosuch</model><feature policy='require' name='none'/></cpu></domain>

        """
    }

    private static func stream(_ count: Int, _ prefix: String = "g") -> String { (0..<count).map { definition("\(prefix)\($0)") }.joined() }

    /// The parts that are handed over before the end of an input, and what is left then.
    private func parts(of text: String, _ settings: Settings = .testing()) throws -> (handedOver: [InputReport], rest: InputReport) {
        let sources = InputSources(try PolicyLookup(settings, purpose: .check), recordsBelow: nil, blobs: GitBlobs())
        let checker = InputChecker(settings, mode: .report, sources, nil, comment: nil, [{ findings, _ in findings.map { "\($0.domainName ?? "")\n" }.joined() }])
        let input = InputFile(name: "<stdin>", content: .bytes(Array(text.utf8)), directory: nil, path: "-", isStream: true)
        var handedOver: [InputReport] = []
        let rest = checker.check(input) { handedOver.append($0) }
        return (handedOver, rest)
    }

    @Test("However long a stream is, the findings of a part of it are kept")
    func bounded() throws {
        let (handedOver, rest) = try parts(of: Self.stream(1000))
        let counts = (handedOver + [rest]).map { $0.findings.joined().split(separator: "\n").count }
        let all = counts.reduce(0, +)
        #expect(all >= 2000 && all == (handedOver + [rest]).reduce(0) { $0 + $1.tally.errors + $1.tally.warnings + $1.tally.notes })
        #expect(counts.allSatisfy { $0 <= FindingBatch.most + 10 }, "\(counts)")
        #expect(rest.tally.domains == 1000 && rest.tally.files == 1)
        #expect(handedOver.allSatisfy { $0.tally.domains == 0 && $0.tally.files == 0 && $0.isCounted })
    }

    @Test("A few findings stay together, and a malformed end loses nothing that was found before")
    func whole() throws {
        #expect(try parts(of: Self.stream(10)).handedOver.isEmpty)
        let (handedOver, rest) = try parts(of: Self.stream(500) + "<domain><")
        #expect(!handedOver.isEmpty)
        #expect((handedOver + [rest]).reduce(0) { $0 + $1.findings.joined().split(separator: "\n").count } >= 1000)
        #expect(rest.failures.count == 1)
    }

    @Test("Several long inputs are reported in their order, by any number of threads", arguments: ["text", "json", "sarif"])
    func order(_ format: String) throws {
        let directory = TemporaryDirectory()
        // One thread is started for every 16 inputs.
        for number in 0..<40 { directory.write("\(10 + number).xml", Self.stream(number % 5 == 0 ? 300 : 1, "v\(number)-")) }
        let settings = Settings.testing { $0.format = ReportFormat(rawValue: format)! }
        let alone = check(["."], settings, jobs: 1, in: directory)
        for jobs in [2, 3] {
            let several = check(["."], settings, jobs: jobs, in: directory)
            #expect(several.text == alone.text && several.errors == alone.errors && several.status == alone.status)
        }
        #expect(alone.status == 1)
        if format == "json" { #expect(alone.text.hasPrefix("[{") && alone.text.hasSuffix("}]\n") && !alone.text.contains("}{")) }
    }

    @Test("Reports in XML stay well-formed, and lose nothing", arguments: [("checkstyle", "error"), ("junit", "testcase")])
    func frames(_ format: String, element: String) throws {
        let directory = TemporaryDirectory()
        let settings = Settings.testing { $0.format = ReportFormat(rawValue: format)! }
        let lines = check(["-"], .testing { $0.format = .jsonLines }, input: Self.stream(400), in: directory).text.split(separator: "\n").count
        let report = check(["-"], settings, input: Self.stream(400), in: directory)
        let root = try XMLElement(parsing: report.output)
        #expect(root.children.reduce(0) { $0 + $1.children(element).count } == lines)
        #expect(root.children.count > 2)
    }
}
