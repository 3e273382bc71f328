import Lint
import Testing

@Suite("unknown-feature")
struct UnknownFeatureTests {
    @Test("constant_tsc is not another name of invtsc, which prevents migration: invtsc is suggested, but is no fix")
    func constantTSC() throws {
        let cpu = "<cpu mode='host-model'><feature policy='require' name='constant_tsc'/></cpu>"
        let finding = try #require(try findings(of: "unknown-feature", cpu).first)
        #expect(finding.message.hasSuffix("(did you mean 'invtsc'?)"))
        #expect(!finding.isFixable)
    }
}
