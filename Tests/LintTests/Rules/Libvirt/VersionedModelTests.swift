import Lint
import Testing

@Suite("versioned-model")
struct VersionedModelTests {
    @Test("The fix writes an older name only for exactly the same CPU, removed features included", arguments: [
        ("Haswell-v4", "Haswell-noTSX-IBRS", true), ("EPYC-v2", "EPYC-IBPB", false),
        ("Skylake-Server-v2", "Skylake-Server-IBRS", false),
    ])
    func older(model: String, older: String, isFixable: Bool) throws {
        let finding = try #require(try findings(of: "versioned-model", cpu(model: model)).first)
        #expect(finding.help?.hasPrefix("older libvirt versions know it as \(older), ") ?? false)
        #expect(finding.isFixable == isFixable)
        #expect(finding.notes.isEmpty == isFixable)
    }
}
