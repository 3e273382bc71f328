import Reports
import Testing

@Suite("A line of compare")
struct ComparisonLineTests {
    @Test("Guest, host and answer, and the reason where there is one", arguments: [
        (ComparisonLine(guest: "web", host: "hv01", .identical), "web on hv01: identical\n"),
        (ComparisonLine(guest: "web", host: "hv01", .superset), "web on hv01: superset\n"),
        (ComparisonLine(guest: "web", host: "hv01", .incompatible, reason: "no aes"), "web on hv01: incompatible: no aes\n"),
        (ComparisonLine(guest: "web", host: "hv01", .notJudged, reason: "no model"), "web on hv01: not judged: no model\n"),
        (ComparisonLine(guest: "a\u{1b}", host: "b\n", .error, reason: "c\u{9b}"), "a\u{241b} on b\u{240a}: error: c\u{fffd}\n"),
    ])
    func text(_ line: ComparisonLine, _ text: String) {
        #expect(line.text == text)
    }

    @Test("For programs: the features by their names, and null for no reason")
    func json() {
        var line = ComparisonLine(guest: "web", host: "hv01", .incompatible, reason: "no aes")
        line.missing = ["aes", "avx"]
        (line.file, line.name) = ("a.xml", "web")
        #expect(line.json.text == ##"{"file":"a.xml","name":"web","uuid":null,"host":"hv01","result":"incompatible","missing":["aes","avx"],"extra":[],"reason":"no aes","cpu":null,"schema":"compare","version":"\##(Reports.Program.version)"}"##)
        var superset = ComparisonLine(guest: "a.xml", host: "hv01", .superset)
        superset.extra = ["vmx"]
        (superset.cpu, superset.file, superset.uuid) = ("<cpu/>", "a.xml", "C7A5FDBDEDAF9455926AD65C16DB1809")
        #expect(superset.json.text == ##"{"file":"a.xml","name":null,"uuid":"c7a5fdbd-edaf-9455-926a-d65c16db1809","host":"hv01","result":"superset","missing":[],"extra":["vmx"],"reason":null,"cpu":"<cpu/>","schema":"compare","version":"\##(Reports.Program.version)"}"##)
    }
}
