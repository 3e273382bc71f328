import Lint
import TestSupport
import Testing

@Suite("live-definition")
struct LiveDefinitionTests {
    private func found(_ cpu: String, id: String = "") throws -> [Finding] {
        let xml = "<domain type='kvm'\(id)><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\(cpu)</domain>"
        return try judge(xml).findings.filter { $0.rule == "live-definition" }
    }

    @Test("A listed CPU with check='full' is a warning, also without hosts; an id alone is a note", arguments: [
        ("<cpu check='full'><model>Haswell</model><feature policy='require' name='vme'/></cpu>", "", Severity.warning),
        ("<cpu check='full'><model>Haswell</model></cpu>", " id='9'", .warning),
        ("<cpu check='partial'><model>Haswell</model></cpu>", " id='9'", .note), ("<cpu mode='host-model'/>", " id='9'", .note),
        ("<cpu mode='host-passthrough' check='full'/>", "", .note),
    ])
    func severity(cpu: String, id: String, severity: Severity) throws {
        let found = try found(cpu, id: id)
        #expect(found.map(\.severity) == [severity])
        #expect(found[0].notes.contains { $0.contains("exactly the features") } == (severity == .warning))
    }
}
