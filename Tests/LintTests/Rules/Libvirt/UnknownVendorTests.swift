import Lint
import Testing

@Suite("unknown-vendor")
struct UnknownVendorTests {
    @Test("An unknown vendor is an error only if libvirt compares it", arguments: [
        ("kvm", "", Severity.error), ("kvm", " check='partial'", .error), ("kvm", " check='none'", .warning),
        ("qemu", "", .warning), ("qemu", " check='partial'", .error),
    ])
    func severity(type: String, check: String, severity: Severity) throws {
        let cpu = "<cpu mode='custom' match='exact'\(check)><model fallback='forbid'>Haswell</model><vendor>VIA</vendor></cpu>"
        #expect(try findings(of: "unknown-vendor", cpu, type: type).map(\.severity) == [severity])
    }
}
