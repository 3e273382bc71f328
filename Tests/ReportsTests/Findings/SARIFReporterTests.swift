import DomainXML
import Reports
import TestSupport
import Testing

@testable import Lint

@Suite("Findings as SARIF")
struct SARIFReporterTests {
    private let reporter = ReportFormat.sarif.reporter(isColored: true, namesDomains: true)

    private func report(_ findings: [Finding], in file: String = "a.xml") throws -> JSON {
        let results = findings.map { reporter.lines(for: $0, in: file) }.joined(separator: reporter.separator)
        return try JSON((reporter.opening + results + reporter.closing).replacing("\n", with: ""))
    }

    private func result(_ finding: Finding, in file: String = "a.xml") throws -> JSON {
        let run = try #require(report([finding], in: file)["runs"]?.items.first)
        return try #require(run["results"]?.items.first)
    }

    @Test("A report is one SARIF 2.1.0 log with every rule of the program")
    func frame() throws {
        for findings in [[], [Finding.example], [.example, .example]] {
            let report = try report(findings)
            #expect(report["$schema"] == .string("https://json.schemastore.org/sarif-2.1.0.json"))
            #expect(report["version"] == .string("2.1.0"))
            let run = try #require(report["runs"]?.items.first)
            #expect(run["columnKind"] == .string("unicodeCodePoints"))
            #expect(run["results"]?.items.count == findings.count)
            let driver = try #require(run["tool"]?["driver"])
            #expect(driver["name"] == .string("virt-cpu") && driver["version"] == .string(Reports.Program.version))
            #expect(driver["rules"]?.items.map { $0["id"] } == Rule.ids.map { .string($0) })
        }
        let rules = try #require(report([])["runs"]?.items.first?["tool"]?["driver"]?["rules"]?.items)
        for (rule, described) in zip(Rule.all, rules) {
            #expect(described["shortDescription"]?["text"] == .string(rule.summary))
            #expect(described["fullDescription"]?["text"] == .string(rule.explanation))
            #expect(described["help"]?["text"] == .string(rule.explanation))
            #expect(described["help"]?["markdown"] == .string(RulePage(rule).markdown))
            #expect(described["defaultConfiguration"]?["level"] == .string(rule.severity.rawValue))
        }
    }

    @Test("A result has its rule, level, message with notes and help, and place with an exclusive end")
    func result() throws {
        let result = try result(.example, in: "vms/a.xml")
        #expect(result["ruleId"] == .string("host-passthrough"))
        #expect(result["level"] == .string("warning"))
        #expect(result["message"]?["text"] == .string("the CPU is the host's\nfirst note\nsecond note\nHelp: name a model"))
        let place = try #require(result["locations"]?.items.first?["physicalLocation"])
        #expect(place["artifactLocation"]?["uri"] == .string("vms/a.xml"))
        #expect(place["region"] == .object([
            .init(name: "startLine", value: .number(4)), .init(name: "startColumn", value: .number(3)),
            .init(name: "endLine", value: .number(4)), .init(name: "endColumn", value: .number(13)),
        ]))
    }

    @Test("A finding about hosts has the verdicts on them, and its domain, as properties; another one has none")
    func properties() throws {
        let verdict = HostVerdict(host: "hv01", answer: .refuses, isCertain: true, reasons: [.incompatible(.missingFeatures(["aes"]))])
        let properties = try #require(result(.example.with { $0.verdicts = [JointVerdict(verdict)] })["properties"])
        #expect(properties["hosts"] == .array([.string("hv01")]))
        #expect(properties["verdicts"]?.items.first?["missing"] == .array([.string("aes")]))
        #expect(properties["domain"]?["uuid"] == .string("c7a5fdbd-edaf-9455-926a-d65c16db1809"))
        #expect(try result(.example.with { $0.hosts = [] })["properties"] == nil)
    }

    @Test("With a homepage, the tool and each rule have their address; without one, none is stated")
    func homepage() throws {
        func driver(_ homepage: String?) throws -> JSON {
            let reporter = ReportFormat.sarif.reporter(isColored: false, namesDomains: false, homepage: homepage)
            return try #require(JSON((reporter.opening + reporter.closing).replacing("\n", with: ""))["runs"]?.items.first?["tool"]?["driver"])
        }
        let known = try driver("https://example.org/virt-cpu")
        #expect(known["informationUri"] == .string("https://example.org/virt-cpu"))
        for rule in try #require(known["rules"]?.items) {
            guard case .string(let id)? = rule["id"] else { continue }
            #expect(rule["helpUri"] == .string("https://example.org/virt-cpu/docs/rules.md#\(id)"))
        }
        #expect(try driver(nil)["informationUri"] == nil && driver(nil)["rules"]?.items.allSatisfy { $0["helpUri"] == nil } == true)
    }

    @Test("What --fix would do is a fix with a replacement for each edit; what is fixed already has none")
    func fixes() throws {
        let ranges = [(4, 3, 4, 13), (6, 1, 7, 1)].map {
            SourceRange(start: SourcePosition(line: $0.0, column: $0.1), end: SourcePosition(line: $0.2, column: $0.3))
        }
        let fixable = Finding.example.with {
            $0.edits = [Edit(ByteRange(40, 50), "<cpu mode='host-model'/>"), Edit(ByteRange(90, 100), "")]
            $0.editRanges = ranges
        }
        let result = try result(fixable, in: "./vms/a.xml")
        let change = try #require(result["fixes"]?.items.first?["artifactChanges"]?.items.first)
        #expect(change["artifactLocation"]?["uri"] == .string("vms/a.xml"))
        let replacements = try #require(change["replacements"]?.items)
        #expect(replacements.map { $0["insertedContent"]?["text"] } == [.string("<cpu mode='host-model'/>"), .string("")])
        #expect(replacements.map { $0["deletedRegion"]?["endLine"] } == [.number(4), .number(7)])
        #expect(replacements.map { $0["deletedRegion"]?["startColumn"] } == [.number(3), .number(1)])
        #expect(try self.result(fixable.with { $0.isFixed = true })["fixes"] == nil)
        #expect(try self.result(.example)["fixes"] == nil)
    }

    @Test("What could not be judged is a result of its own, and the run was not successful")
    func problems() throws {
        let problem = Problem(file: "vms/bad.xml", position: SourcePosition(line: 3, column: 7), message: "not XML")
        let text = reporter.opening + reporter.lines(for: problem) + reporter.closing(after: [problem])
        let run = try #require(JSON(text.replacing("\n", with: ""))["runs"]?.items.first)
        let result = try #require(run["results"]?.items.first)
        #expect(result["ruleId"] == .string("not-judged") && result["level"] == .string("error"))
        #expect(result["locations"]?.items.first?["physicalLocation"]?["region"]?["startColumn"] == .number(7))
        let invocation = try #require(run["invocations"]?.items.first)
        #expect(invocation["executionSuccessful"] == .bool(false))
        #expect(invocation["toolExecutionNotifications"]?.items.first?["locations"] == result["locations"], "the message does not name the file")
    }

    @Test("A path becomes a relative URI: every byte but letters, digits, - . _ ~ and / is escaped", arguments: [
        ("./vms/a.xml", "vms/a.xml"), ("././a.xml", "a.xml"), ("a b.xml", "a%20b.xml"), ("\u{e9}.xml", "%C3%A9.xml"),
        ("a:b?c#d%e.xml", "a%3Ab%3Fc%23d%25e.xml"), ("<stdin>", "%3Cstdin%3E"), ("a\n.xml", "a%0A.xml"), ("~a-b_c.xml", "~a-b_c.xml"),
        ("../a.xml", "../a.xml"),
    ])
    func paths(_ path: String, _ uri: String) throws {
        let place = try result(.example, in: path)["locations"]?.items.first?["physicalLocation"]
        #expect(place?["artifactLocation"]?["uri"] == .string(uri))
    }

    @Test("The fingerprint is of rule, domain and source line, whatever lines are added above and however it is indented")
    func fingerprints() throws {
        func fingerprint(_ change: (inout Finding) -> Void = { _ in }) throws -> JSON? {
            try result(.example.with(change))["partialFingerprints"]?["primaryLocationLineHash"]
        }
        let one = try fingerprint()
        guard case .string(let text)? = one else {
            Issue.record("no fingerprint")
            return
        }
        #expect(text.hasSuffix(":1") && UInt64(text.dropLast(2), radix: 16) != nil)
        #expect(try fingerprint { $0.start.line = 90 } == one)
        #expect(try fingerprint { $0.sourceLine = "\t<cpu   mode='host-passthrough'/> " } == one)
        #expect(try fingerprint { $0.domainName = "renamed" } == one, "the UUID tells the domain")
        #expect(try fingerprint { $0.rule = "invalid-cpu" } != one)
        #expect(try fingerprint { $0.domainUUID = nil } != one)
        #expect(try fingerprint { $0.sourceLine = "  <cpu mode='host-model'/>" } != one)
    }
}
