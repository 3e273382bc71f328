import Testing

@testable import Lint

@Suite("Rules of models, features and vendors")
struct FeatureRuleTests {
    func found(_ rule: String, _ cpu: String, type: String = "kvm", windows: Bool = false) throws -> [Finding] {
        try judge(domain(cpu, type: type, windows: windows)).findings.filter { $0.rule == rule }
    }

    @Test("An unknown vendor is an error only where libvirt compares it", arguments: [
        ("kvm", "", Severity.error), ("kvm", " check='partial'", .error), ("kvm", " check='none'", .warning),
        ("qemu", "", .warning), ("qemu", " check='partial'", .error),
    ])
    func unknownVendor(type: String, check: String, severity: Severity) throws {
        let cpu = "<cpu mode='custom' match='exact'\(check)><model fallback='forbid'>Haswell</model><vendor>VIA</vendor></cpu>"
        #expect(try found("unknown-vendor", cpu, type: type).map(\.severity) == [severity])
    }

    @Test("An older name is written only for the same CPU, removed features included", arguments: [
        ("Haswell-v4", "Haswell-noTSX-IBRS", true), ("EPYC-v2", "EPYC-IBPB", false),
        ("Skylake-Server-v2", "Skylake-Server-IBRS", false),
    ])
    func versioned(model: String, older: String, isFixable: Bool) throws {
        let finding = try #require(
            try found("versioned-model", "<cpu mode='custom' match='exact'><model fallback='forbid'>\(model)</model></cpu>").first)
        #expect(finding.help?.hasPrefix("older libvirts know it as \(older), ") ?? false)
        #expect(finding.isFixable == isFixable)
        #expect(finding.notes.isEmpty == isFixable)
    }

    @Test("TSX: disable first, which keeps the name; for Windows nothing else")
    func unsafe() throws {
        func help(_ model: String, windows: Bool = false, _ features: String = "") throws -> String? {
            try found(
                "unsafe-feature", "<cpu mode='custom' match='exact'><model fallback='forbid'>\(model)</model>\(features)</cpu>",
                windows: windows
            ).first?.help
        }
        let tsx = "<feature policy='disable' name='hle'/><feature policy='disable' name='rtm'/>"
        #expect(try help("Skylake-Server-IBRS") == "disable: \(tsx); or use Skylake-Server-noTSX-IBRS")
        #expect(try help("Skylake-Server-IBRS", windows: true) == "disable: \(tsx); Windows can see that change")
        #expect(try help("Icelake-Client")?.contains("noTSX") == false)
        #expect(try help("Haswell", windows: false, tsx.replacing("disable", with: "optional")) == "disable: \(tsx); or use Haswell-noTSX")
        #expect(try help("Haswell", windows: false, tsx) == nil)
    }

    @Test("The kernel's constant_tsc is no other name of invtsc, which keeps a guest from migrating: no edit")
    func constantTSC() throws {
        let cpu = "<cpu mode='host-model'><feature policy='require' name='constant_tsc'/></cpu>"
        let finding = try #require(try found("unknown-feature", cpu).first)
        #expect(finding.message.hasSuffix("(did you mean 'invtsc'?)"))
        #expect(!finding.isFixable)
    }
}
