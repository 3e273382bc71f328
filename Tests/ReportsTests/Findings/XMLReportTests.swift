import Reports
import Testing
import XMLTree

@testable import Lint

@Suite("Findings as checkstyle's XML and as JUnit's")
struct XMLReportTests {
    private static let odd = "a \"b\" <c> & 'd'\té\u{1f600}"
    private static let note = Finding.example.with { $0.severity = .note }
    private static let error = Finding.example.with {
        $0.severity = .error
        $0.message = odd
        $0.domainName = odd
    }

    private func read(_ format: ReportFormat, _ inputs: [(file: String, findings: [Finding])], problems: [Problem] = []) throws -> XMLElement {
        let reporter = format.reporter(isColored: true, namesDomains: true)
        var frame = ReportFrame(reporter)
        var text = ""
        for input in inputs { text += frame.adding(reporter.lines(for: input.findings, in: input.file)) }
        for problem in problems { text += frame.adding(problem) }
        text += frame.closing
        return try XMLElement(parsing: Array(text.utf8))
    }

    @Test("checkstyle: a file for each input, and in it an error with place, severity, text and rule for each finding")
    func checkstyle() throws {
        let root = try read(.checkstyle, [("./vms/\(Self.odd).xml", [.example, Self.note]), ("none.xml", []), ("b.xml", [Self.error])])
        #expect(root.name == "checkstyle")
        #expect(root.children.map { $0["name"] } == ["vms/\(Self.odd).xml", "b.xml"])
        let errors = root.children.flatMap(\.children)
        #expect(errors.map { $0["severity"] } == ["warning", "info", "error"])
        #expect(errors.allSatisfy { $0["line"] == "4" && $0["column"] == "3" && $0["source"] == "virt-cpu.host-passthrough" })
        #expect(errors[0]["message"] == "the CPU is the host's\nfirst note\nsecond note\nhelp: name a model")
        #expect(errors[2]["message"]?.hasPrefix(Self.odd + "\n") == true)
    }

    @Test("JUnit: a suite for each input; errors and warnings fail, notes pass, and the numbers agree")
    func junit() throws {
        let fixed = Self.error.with { $0.isFixed = true }
        let root = try read(.junit, [("a.xml", [.example, Self.note, Self.error, fixed]), ("none.xml", [])])
        #expect(root.name == "testsuites" && root.children.allSatisfy { $0.name == "testsuite" })
        #expect(root.children.map { $0["name"] } == ["a.xml"])
        for suite in root.children {
            #expect(suite["tests"] == "\(suite.children.count)")
            #expect(suite["failures"] == "\(suite.children.count { $0.child("failure") != nil })")
            #expect(suite["errors"] == "\(suite.children.count { $0.child("error") != nil })")
        }
        let cases = root.children[0].children
        #expect(cases.map { $0.child("failure") != nil } == [true, false, true, false])
        #expect(cases[1].child("system-out")?.text.hasPrefix("a.xml:4:3: note: the CPU is the host's") == true)
        #expect(cases[2].child("failure")?["message"] == Self.odd)
        #expect(cases[2]["name"] == "host-passthrough, line 4 (\(Self.odd))")
    }

    @Test("A check that finds nothing is one passed test for JUnit, and no file for checkstyle")
    func nothing() throws {
        let suites = try read(.junit, []).children
        #expect(suites.count == 1 && suites[0].children.map { $0["name"] } == ["check"] && suites[0]["failures"] == "0")
        #expect(try read(.checkstyle, []).children.isEmpty)
    }

    @Test("What could not be judged is an error in both", arguments: [nil, "vms/bad.xml"])
    func problems(_ file: String?) throws {
        let problem = Problem(file: file, message: "not XML: \(Self.odd)")
        let suite = try #require(try read(.junit, [], problems: [problem]).children.first)
        #expect(suite["errors"] == "1" && suite["failures"] == "0" && suite["name"] == file ?? "virt-cpu")
        #expect(suite.children[0].child("error")?["message"] == problem.message)
        let error = try #require(try read(.checkstyle, [], problems: [problem]).children.first?.children.first)
        #expect(error["source"] == "virt-cpu.not-judged" && error["severity"] == "error" && error["line"] == "1")
    }

    @Test("Characters that XML cannot hold are replaced", arguments: ["\u{0}", "\u{1b}", "\u{fffe}", "\u{ffff}"])
    func unheld(_ character: String) throws {
        let finding = Finding.example.with { $0.message = "a\(character)b" }
        #expect(try read(.checkstyle, [("a", [finding])]).children[0].children[0]["message"]?.hasPrefix("a\u{fffd}b\n") == true)
        #expect(try read(.junit, [("a", [finding])]).children[0].children[0].child("failure")?.text.contains("a\u{fffd}b") == true)
    }
}
