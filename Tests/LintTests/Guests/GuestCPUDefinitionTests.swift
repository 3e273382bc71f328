import CPUModel
import DomainXML
import Lint
import TestSupport
import Testing

@Suite("The CPU of a guest as libvirt reads it")
struct GuestCPUDefinitionTests {
    @Test("A model, its fallback and a vendor count under custom and host-model alone", arguments: [
        "custom": true, "host-model": true, "host-passthrough": false, "maximum": false,
    ])
    func model(mode: String, counts: Bool) throws {
        let text = Definitions.guest("<cpu mode='\(mode)'><model fallback='forbid'>Penryn</model><vendor>Intel</vendor></cpu>")
        var found: [CPUDefinition] = []
        try readDocuments(Array(text.utf8)) { document in
            found += document.domains.compactMap { domain in domain.cpu.flatMap { CPUDefinition($0, in: domain) } }
        }
        #expect(found.map(\.model) == [counts ? "Penryn" : nil] && found.map(\.vendor) == [counts ? "Intel" : nil])
        #expect(found.map(\.fallback) == [counts ? .forbid : .allow])
    }

    /// As virsh dumpxml --inactive showed: maximum with libvirt 9.0, the others with 11.3 and 12.9, too.
    @Test("vendor_id counts under custom and host-model, unless it is empty", arguments: [
        ("custom", "KVMKVMKVMKVM", "KVMKVMKVMKVM"), ("host-model", "KVMKVMKVMKVM", "KVMKVMKVMKVM"), ("custom", "", nil),
        ("host-passthrough", "KVMKVMKVMKVM", nil), ("maximum", "KVMKVMKVMKVM", nil),
    ] as [(String, String, String?)])
    func vendorID(mode: String, id: String, expected: String?) throws {
        var found: [String?] = []
        let text = Definitions.guest("<cpu mode='\(mode)'><model vendor_id='\(id)'>Nehalem</model></cpu>")
        try readDocuments(Array(text.utf8)) { document in
            let domain = document.domains[0]
            found.append(domain.cpu.flatMap { CPUDefinition($0, in: domain) }?.vendorID)
        }
        #expect(found == [expected])
    }
}
