import CPUModel
import Reports
import Testing

@Suite("A baseline")
struct BaselineReportTests {
    private let cpu = CPUDefinition(
        kind: .guest, model: "Haswell-noTSX", fallback: .forbid, vendor: "Intel",
        features: [.init("vmx"), .init("f16c", .disable), .init("aes")])

    @Test("In words: the model, and each feature with its sign")
    func text() {
        #expect(BaselineReport(cpu).text == "Haswell-noTSX +vmx -f16c +aes\n")
        #expect(BaselineReport(CPUDefinition(kind: .guest, model: "a\u{1b}")).text == "a\u{241b}\n")
    }

    @Test("For programs: features by their policy")
    func json() {
        #expect(BaselineReport(cpu).json.text == """
            {"model":"Haswell-noTSX","vendor":"Intel","fallback":"forbid","require":["vmx","aes"],"disable":["f16c"],"reason":null,"schema":"baseline","version":"\(Reports.Program.version)"}
            """)
        #expect(BaselineReport.json(noneBecause: "the vendors differ").text == """
            {"model":null,"vendor":null,"fallback":"allow","require":[],"disable":[],"reason":"the vendors differ","schema":"baseline","version":"\(Reports.Program.version)"}
            """)
    }
}
