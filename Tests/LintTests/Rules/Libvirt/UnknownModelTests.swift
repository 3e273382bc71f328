import Lint
import Testing

@Suite("unknown-model")
struct UnknownModelTests {
    /// What `virsh start` said with libvirt 9.0, 11.3 and 12.9.
    @Test("With match='minimum' and no comparison, the guest starts with the host's CPU", arguments: [
        ("kvm", "minimum", "", Severity.error), ("kvm", "minimum", "check='none'", .warning),
        ("kvm", "minimum", "check='partial'", .error), ("kvm", "minimum", "check='full'", .warning),
        ("kvm", "exact", "check='none'", .error), ("kvm", "strict", "check='none'", .error),
        ("qemu", "minimum", "", .warning), ("qemu", "minimum", "check='none'", .warning),
        ("qemu", "minimum", "check='partial'", .error), ("qemu", "minimum", "check='full'", .warning),
        ("qemu", "exact", "", .error), ("qemu", "strict", "check='full'", .error),
    ])
    func minimum(type: String, match: String, check: String, severity: Severity) throws {
        let cpu = "<cpu mode='custom' match='\(match)' \(check)><model fallback='forbid'>NoSuch</model></cpu>"
        #expect(try findings(of: "unknown-model", cpu, type: type).map(\.severity) == [severity])
    }
}
