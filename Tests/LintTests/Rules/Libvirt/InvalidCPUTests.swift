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

    /// Tried with `virsh define` and `virsh define --validate` of libvirt 9.0, 11.3 and 12.9.
    @Test("The schema ignores white space around a word, and not inside a number", arguments: [
        ("<cpu mode='host-passthrough'><model fallback='allow '>Haswell</model></cpu>", nil),
        ("<cpu mode='host-passthrough'><model fallback=' forbid'>Haswell</model></cpu>", nil),
        ("<cpu mode='host-passthrough'><model fallback='al low'>Haswell</model></cpu>", "fallback='al low': virsh define --validate"),
        ("<cpu mode='host-passthrough'><cache mode='emulate' level=' 3'/></cpu>", nil),
        ("<cpu mode='host-passthrough'><cache mode='emulate' level='+3'/></cpu>", "level='+3': virsh define --validate"),
        ("<cpu mode='host-passthrough'><maxphysaddr mode='emulate' bits=' 36'/></cpu>", "bits=' 36': virsh define --validate"),
    ] as [(String, String?)])
    func spaceAround(_ cpu: String, message: String?) throws {
        let found = try findings(of: "invalid-cpu", cpu)
        #expect(found.count == (message == nil ? 0 : 1) && found.allSatisfy { $0.message.hasPrefix(message ?? "") }, "\(found)")
    }

    @Test("bits is a signed number to libvirt, and limit an unsigned one", arguments: [
        ("mode='emulate' bits='2147483647'", nil), ("mode='emulate' bits='2147483648'", "bits='2147483648' is too large"),
        ("mode='passthrough' limit='4294967295'", nil),
    ] as [(String, String?)])
    func bits(_ attributes: String, message: String?) throws {
        let found = try findings(of: "invalid-cpu", "<cpu mode='host-passthrough'><maxphysaddr \(attributes)/></cpu>")
        #expect(found.count == (message == nil ? 0 : 1) && found.allSatisfy { $0.message.hasPrefix(message ?? "") }, "\(found)")
    }

    @Test("QEMU for i686 has no migratable='on' under host-passthrough", arguments: [
        ("host-passthrough", "on", "i686", 1), ("host-passthrough", "off", "i686", 0), ("maximum", "on", "i686", 0),
        ("host-passthrough", "on", "x86_64", 0),
    ])
    func migratable(mode: String, value: String, architecture: String, count: Int) throws {
        let text = """
            <domain type='kvm'><name>a</name><os><type arch='\(architecture)'>hvm</type></os>\
            <cpu mode='\(mode)' migratable='\(value)'/></domain>
            """
        #expect(try judge(text).findings.filter { $0.rule == "invalid-cpu" }.count == count)
    }
}
