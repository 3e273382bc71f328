import Reports
import TestSupport
import Testing

/// What commands print for programs, and the schemas in `Examples` that describe it.
@Suite("JSON and its schemas")
struct AnswerSchemaTests {
    private static let hv01 = "Examples/hosts/hv01.capabilities.xml"

    /// A command, and the schema of the objects that it prints.
    struct Answer: CustomTestStringConvertible, Sendable {
        var schema: String
        var arguments: [String]
        var statuses: ClosedRange<Int32> = 0...1
        var testDescription: String { arguments.joined(separator: " ") }
    }

    private static let answers: [Answer] = [
        Answer(schema: "host", arguments: ["host", "--format", "json", "Examples/hosts"]),
        Answer(schema: "why-not", arguments: ["host", "--format", "json", "--why-not", "Cascadelake-Server", "--host", "Examples/hosts"]),
        Answer(schema: "compare", arguments: ["compare", "--format", "json", "--host", "Examples/hosts", "--from", "hv02", "Examples"]),
        Answer(schema: "compare-table", arguments: ["compare", "--table", "--format", "json", "--host", "Examples/hosts", "Examples"]),
        Answer(schema: "diff", arguments: ["diff", "--no-config", "--format", "json", "Examples/rhel9.xml", "Examples/debian12.xml"]),
        Answer(schema: "diff", arguments: ["diff", "--no-config", "--format", "json", "Examples/stream.xml", "Examples/win11.xml"], statuses: 2...2),
        Answer(schema: "diff", arguments: ["diff", "--no-config", "--format", "json", "Examples/win11.xml", "Examples/win11.xml"]),
        Answer(schema: "baseline", arguments: ["baseline", "--format", "json", "Examples/hosts"]),
        Answer(schema: "models", arguments: ["models", "--format", "json"]),
        Answer(schema: "models", arguments: ["models", "--format", "json", "Examples/hosts"]),
        Answer(schema: "baseline", arguments: ["baseline", "--format", "json", "Examples/hosts", "Examples/numa.xml"]),
        Answer(schema: "recommend", arguments: ["recommend", "--format", "json", "Examples/hosts", "--guests", "Examples"]),
        Answer(schema: "show", arguments: ["show", "--format", "json", "--host", hv01, "Examples/stream.xml"]),
        Answer(schema: "show", arguments: ["show", "--no-config", "--format", "json", "Examples/win11.xml"]),
        Answer(schema: "explain", arguments: ["explain", "--format", "json"]),
        Answer(schema: "explain", arguments: ["explain", "--format", "json", "tag:windows"]),
        Answer(schema: "findings", arguments: ["check", "--no-config", "--default", "host-model", "--format", "json", "--host", hv01, "Examples"]),
    ]

    private func schema(_ name: String) throws -> JSONSchema {
        try JSONSchema(String(decoding: Definitions.example("\(name).schema.json"), as: UTF8.self))
    }

    @Test("A command prints one array of objects that are as its schema says, and with json-lines the same ones, one a line", arguments: answers)
    func valid(_ answer: Answer) throws {
        let outcome = TestSupport.Program(answer.arguments, in: Corpus.repository).run()
        #expect(outcome.status.map { answer.statuses.contains($0) } ?? false, "\(outcome.errors)")
        guard case .array(let objects) = try JSON(spaced: outcome.text) else { throw Failure("no array: \(outcome.text)") }
        #expect(!objects.isEmpty)
        for object in objects {
            #expect(try mistakes(in: object, of: answer.schema) == [])
        }
        let lines = TestSupport.Program(answer.arguments.map { $0 == "json" ? "json-lines" : $0 }, in: Corpus.repository).run()
        #expect(try lines.text.split(separator: "\n").map { try JSON($0) } == objects && lines.status == outcome.status)
    }

    /// What is wrong with an object, which says itself what it is. What could not be done is a finding among other objects.
    private func mistakes(in object: JSON, of expected: String) throws -> [String] {
        let isProblem = object["rule"] == .string("not-judged")
        let name = isProblem ? "findings" : expected
        guard object["schema"] == .string(name), object["version"] == .string(Reports.Program.version) else { return ["not \(name): \(object)"] }
        return try schema(name).mistakes(in: object)
    }

    private struct Failure: Error {
        var message: String
        init(_ message: String) { self.message = message }
    }

    private static let guest = "Examples/rhel9.xml"

    @Test("What a command cannot do is an object of one form among the others, with the place of the fault, and exit status 2", arguments: [
        (["compare", "--host", hv01, guest, "BAD"], "bad.xml", 1, 2), (["compare", "--table", "--host", hv01, guest, "BAD"], "bad.xml", 1, 2),
        (["compare", "--config", "POLICY", guest], "bad.yaml", 1, 1), (["compare", "--host", "HOST", guest], "host.xml", 1, 1),
        (["diff", guest, "BAD"], "bad.xml", 1, 1), (["diff", guest, guest, "--config", "POLICY"], "bad.yaml", 1, 1),
        (["show", "--no-config", "BAD"], "bad.xml", 1, 1), (["show", "--config", "POLICY", guest], "bad.yaml", 1, 1),
        (["host", "HOST"], "host.xml", 1, 1), (["host", "--config", "POLICY"], "bad.yaml", 1, 1), (["host", "NONE"], "none.xml", 1, 1),
        (["host", "--why-not", "EPYC", "HOST"], "host.xml", 1, 1), (["models", "HOST"], "host.xml", 1, 1),
        (["baseline", "HOST"], "host.xml", 1, 1), (["baseline", "BAD"], "bad.xml", 1, 1),
        (["recommend", "HOST"], "host.xml", 1, 1), (["recommend", hv01, "--guests", "BAD"], "bad.xml", 1, 1),
        (["fleet", "matrix", "--host", hv01, "BAD"], "bad.xml", 1, 1), (["fleet", "matrix", "--host", "HOST", "NONE"], "host.xml", 1, 1),
        (["check", "--no-config", "BAD", "NONE"], "bad.xml", 1, 2), (["check", "--config", "POLICY", guest], "bad.yaml", 1, 1),
        (["check", "--no-config", "--host", "HOST", guest], "host.xml", 1, 1),
        (["models", "--cpu-map", "MAP"], "index.xml", 1, 1),
    ] as [([String], String, Int, Int)])
    func failures(_ arguments: [String], _ file: String, _ line: Int, _ objects: Int) throws {
        let directory = TemporaryDirectory()
        let names = [
            "BAD": directory.write("bad.xml", "<domain></x>"), "POLICY": directory.write("bad.yaml", "rules: {nope: error}"),
            "HOST": directory.write("host.xml", "<capabilities><host>"), "NONE": "\(directory.path)/none.xml", "MAP": directory.path,
        ]
        let outcome = TestSupport.Program(arguments.map { names[$0] ?? $0 } + ["--format", "json"], in: Corpus.repository).run()
        #expect(outcome.status == 2 && !outcome.errors.isEmpty)
        let json = try JSON(spaced: outcome.text).items
        #expect(json.count == objects, "\(outcome.text)")
        let problem = try #require(json.first { $0["rule"] == .string("not-judged") })
        #expect(try schema("findings").mistakes(in: problem) == [])
        #expect(problem["line"] == .number(line))
        guard case .string(let named)? = problem["file"] else { throw Failure("no file") }
        #expect(named.hasSuffix("/\(file)"), "\(named)")
    }

    @Test("What fleet prints about each question is as its schema says", arguments: [
        ["matrix"], ["drain"], ["sets"], ["baseline"], ["windows"], ["report"], ["what-if", "--without", "hv02"],
    ])
    func fleet(_ question: [String]) throws {
        let outcome = Program(["fleet"] + question + ["--format", "json", "--host", "Examples/hosts", "-"], input: .text(facts()), in: Corpus.repository).run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let json = try JSON(spaced: outcome.text).items
        #expect(json.count == 1)
        #expect(try schema("fleet").mistakes(in: try #require(json.first)) == [])
    }

    private func facts() -> String {
        Program(["facts", "--records", "ndjson"], input: .bytes(Definitions.example("fleet/guests.ndjson"))).run().text
    }

    @Test("Each line of facts, kinds, verdicts and records is as its schema says, errors included")
    func lines() throws {
        let broken = Array(#"{"id":{"a":[1]},"xml":"<domain"}"#.utf8) + Array("\n{\n".utf8)
        let records = Definitions.example("fleet/guests.ndjson") + broken
        func lines(_ arguments: [String], _ input: [UInt8] = [], status: Int32 = 0) throws -> [JSON] {
            let outcome = Program(arguments, input: .bytes(input), in: Corpus.repository).run()
            #expect(outcome.status == status, "\(outcome.errors)")
            return try outcome.text.split(separator: "\n").map { try JSON($0) }
        }
        let answers = [
            ("facts", try lines(["facts", "--records", "ndjson"], records)), ("facts", try lines(["facts", "Examples", "nowhere.xml"], status: 2)),
            ("kinds", try lines(["kinds", "Examples/hosts", "nowhere.xml"], status: 2)),
            ("verdicts", try lines(["verdicts", "--host", "Examples/hosts", "-"], Array(facts().utf8))),
            ("verdicts", try lines(["verdicts", "--live", "--remedies", "--host", "Examples/hosts", "-"], Array(facts().utf8))),
            ("records", try lines(["check", "--no-config", "--records", "ndjson"], records)),
            ("records", try lines(["filter", "--no-config", "--no-local", "--records", "ndjson"], records)),
        ]
        for (name, values) in answers {
            #expect(values.count > 2)
            for value in values { #expect(try schema(name).mistakes(in: value) == [], "\(name)") }
            #expect(name == "verdicts" || values.contains { $0["error"] != nil }, "\(name) has a line with an error")
            for finding in values.flatMap({ $0["findings"]?.items ?? [] }) { #expect(try schema("findings").mistakes(in: finding) == []) }
        }
    }

    @Test("Every domain capability that host prints is in its schema")
    func hypervisors() throws {
        let directory = TemporaryDirectory()
        let file = directory.write("hv.domcapabilities.xml", """
            <domainCapabilities><path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><machine>pc-q35-9.2</machine><arch>x86_64</arch>
            <cpu><mode name='host-model' supported='yes'><model fallback='forbid'>EPYC-Rome</model><vendor>AMD</vendor>
            <maxphysaddr mode='passthrough' limit='40'/><feature policy='require' name='invtsc'/></mode>
            <mode name='custom' supported='yes'><model usable='yes' deprecated='yes'>EPYC-Rome</model></mode></cpu></domainCapabilities>
            """)
        let outcome = virtCPU("host", "--format", "json", file)
        let json = try #require(JSON(spaced: outcome.text).items.first)
        #expect(try schema("host").mistakes(in: json) == [])
        #expect(json["hypervisors"]?.items.first?["hostModel"]?["notMigratable"] == .array([.string("invtsc")]))
        let models = virtCPU("models", "--format", "json", file)
        for model in try JSON(spaced: models.text).items { #expect(try schema("models").mistakes(in: model) == []) }
    }

    @Test("A schema finds what is wrong", arguments: [
        (#"{"rule":"x","severity":"fatal","tags":["a"],"summary":"","explanation":"","url":null,"schema":"explain","version":"1"}"#, "$.severity: enum"),
        (#"{"rule":"x","severity":"note","tags":[],"summary":"","explanation":"","url":null,"schema":"explain","version":"1"}"#, "$.tags: minItems"),
        (#"{"rule":"X y","severity":"note","tags":["a"],"summary":"","explanation":"","url":null,"schema":"explain","version":"1"}"#, "$.rule: pattern"),
        (#"{"rule":"x","severity":"note","tags":["a"],"summary":"","url":null,"schema":"explain","version":"1"}"#, "explanation"),
        (#"{"rule":"x","severity":"note","tags":["a"],"summary":"","explanation":"","url":null,"schema":"explain","version":"1","more":1}"#, "$: unknown: more"),
        ("[]", "$: type"),
    ])
    func wrong(_ text: String, _ mistake: String) throws {
        let mistakes = try schema("explain").mistakes(in: JSON(text))
        #expect(mistakes.count == 1 && mistakes.allSatisfy { $0.contains(mistake) }, "\(mistakes)")
    }
}
