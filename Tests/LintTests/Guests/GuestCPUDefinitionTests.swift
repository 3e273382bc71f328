import CPUModel
import DomainXML
import Lint
import TestSupport
import Testing

@Suite("The CPU of a guest as libvirt reads it")
struct GuestCPUDefinitionTests {
    /// Seen in virsh dumpxml --inactive: maximum with libvirt 9.0, the others with 11.3 and 12.9, too.
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
