import Lint
import Testing

@Suite("unknown-feature")
struct UnknownFeatureTests {
    @Test("Of two spellings of one feature, only one is fixed: libvirt refuses a feature that is listed twice")
    func twoSpellings() throws {
        let cpu = """
            <cpu mode='custom' match='exact'><model fallback='forbid'>Penryn</model>\
            <feature policy='require' name='AES'/><feature policy='disable' name='Aes'/></cpu>
            """
        #expect(try findings(of: "unknown-feature", cpu).map(\.isFixable) == [true, false])
    }

    @Test("The start fails under every mode", arguments: ["host-passthrough", "maximum", "host-model"])
    func everyMode(mode: String) throws {
        for policy in ["require", "optional", "disable"] {
            let cpu = "<cpu mode='\(mode)'><feature policy='\(policy)' name='pmu'/></cpu>"
            #expect(try findings(of: "unknown-feature", cpu).map(\.severity) == [.error])
        }
    }

    @Test("constant_tsc is not another name of invtsc, which prevents migration: invtsc is suggested, but is no fix")
    func constantTSC() throws {
        let cpu = "<cpu mode='host-model'><feature policy='require' name='constant_tsc'/></cpu>"
        let finding = try #require(try findings(of: "unknown-feature", cpu).first)
        #expect(finding.message.hasSuffix("(did you mean 'invtsc'?)"))
        #expect(!finding.isFixable)
    }
}
