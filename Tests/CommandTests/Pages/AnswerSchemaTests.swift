import Reports
import TestSupport
import Testing

/// What commands print for programs, and the schemas in `Examples` that describe it.
@Suite("JSON and its schemas")
struct AnswerSchemaTests {
    private static let hv01 = "Examples/hosts/hv01.capabilities.xml"

    /// A command of which each line is a value, or its whole output.
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

    @Test("What a command prints is as its schema says", arguments: answers)
    func valid(_ answer: Answer) throws {
        let outcome = TestSupport.Program(answer.arguments, in: Corpus.repository).run()
        #expect(outcome.status.map { answer.statuses.contains($0) } ?? false, "\(outcome.errors)")
        #expect(outcome.text.contains("{"))
        // compare prints an object on each line, the others one value.
        let texts = answer.schema.hasPrefix("compare") ? outcome.text.split(separator: "\n").map(String.init) : [outcome.text]
        for text in texts {
            let value = try JSON(spaced: text)
            #expect(try schema(answer.schema).mistakes(in: value) == [])
            // Every object says what it is.
            for object in value.items.isEmpty ? [value] : value.items {
                #expect(object["schema"] == .string(answer.schema) && object["version"] == .string(Reports.Program.version))
            }
        }
    }

    @Test("What fleet prints about each question is as its schema says", arguments: [
        ["matrix"], ["drain"], ["sets"], ["baseline"], ["windows"], ["report"], ["what-if", "--without", "hv02"],
    ])
    func fleet(_ question: [String]) throws {
        let facts = Program(["facts", "--records", "ndjson"], input: .bytes(Definitions.example("fleet/guests.ndjson"))).run()
        let outcome = Program(["fleet"] + question + ["--format", "json", "--host", "Examples/hosts", "-"], input: .text(facts.text), in: Corpus.repository).run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try schema("fleet").mistakes(in: JSON(spaced: outcome.text)) == [])
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
        let json = try JSON(spaced: outcome.text)
        #expect(try schema("host").mistakes(in: json) == [])
        #expect(json.items.first?["hypervisors"]?.items.first?["hostModel"]?["notMigratable"] == .array([.string("invtsc")]))
        let models = virtCPU("models", "--format", "json", file)
        #expect(try schema("models").mistakes(in: JSON(spaced: models.text)) == [])
    }

    @Test("A schema finds what is wrong", arguments: [
        (#"[{"rule":"x","severity":"fatal","tags":["a"],"summary":"","explanation":"","url":null,"schema":"explain","version":"1"}]"#, "$[0].severity: enum"),
        (#"[{"rule":"x","severity":"note","tags":[],"summary":"","explanation":"","url":null,"schema":"explain","version":"1"}]"#, "$[0].tags: minItems"),
        (#"[{"rule":"X y","severity":"note","tags":["a"],"summary":"","explanation":"","url":null,"schema":"explain","version":"1"}]"#, "$[0].rule: pattern"),
        (#"[{"rule":"x","severity":"note","tags":["a"],"summary":"","url":null,"schema":"explain","version":"1"}]"#, "explanation"),
        (#"[{"rule":"x","severity":"note","tags":["a"],"summary":"","explanation":"","url":null,"schema":"explain","version":"1","more":1}]"#, "$[0]: unknown: more"),
        (#"{}"#, "$: type"),
    ])
    func wrong(_ text: String, _ mistake: String) throws {
        let mistakes = try schema("explain").mistakes(in: JSON(text))
        #expect(mistakes.count == 1 && mistakes.allSatisfy { $0.contains(mistake) }, "\(mistakes)")
    }
}
