import Testing

@testable import Lint

@Suite("invalid-cpu")
struct InvalidCPUTests {
    @Test("vendor_id is counted in bytes, as libvirt counts it", arguments: [
        ("GenuineIntel", nil), ("GenuineInte", "vendor_id must be exactly 12 characters long, not 11"),
        ("GenuineIntel1", "vendor_id must be exactly 12 characters long, not 13"),
        // 12 characters in 13 bytes, and 11 characters in 12 bytes.
        ("G\u{e9}nuineIntel", "vendor_id must be exactly 12 bytes long, not 13"),
        ("G\u{e9}nuineInte", "a vendor_id of 12 bytes but fewer than 12 characters"),
    ] as [(String, String?)])
    func vendorID(_ id: String, message: String?) throws {
        let found = try judge(domain("<cpu><model vendor_id='\(id)' fallback='forbid'>Haswell</model></cpu>")).findings
            .filter { $0.rule == "invalid-cpu" }
        #expect(found.count == (message == nil ? 0 : 1) && found.allSatisfy { $0.message.contains(message ?? "") }, "\(found)")
    }
}
