import DomainXML
import Lint
import TestSupport
import Testing

@Suite("The architecture of a guest")
struct GuestArchitectureTests {
    @Test("Without arch, it is that of the emulator, by libvirt's name; then the host's; then x86_64", arguments: [
        ("/usr/bin/qemu-system-arm", "ppc64", "armv7l"), ("/usr/bin/qemu-system-i386", nil, "i686"),
        ("/usr/bin/qemu-system-aarch64", nil, "aarch64"), ("/usr/libexec/qemu-kvm", "ppc64", "ppc64"),
        (nil, "s390x", "s390x"), (nil, nil, "x86_64"),
    ] as [(String?, String?, String)])
    func assumed(emulator: String?, host: String?, name: String) throws {
        let devices = emulator.map { "<devices><emulator>\($0)</emulator></devices>" } ?? ""
        var found: [Architecture] = []
        try readDocuments(Array("<domain type='qemu'><os><type>hvm</type></os>\(devices)</domain>".utf8)) { document in
            found += document.domains.map { Guest($0, in: document, hostArchitecture: host).architecture }
        }
        #expect(found.map(\.name) == [name] && found.allSatisfy(\.isAssumed))
        #expect(found.allSatisfy { $0.family != .other })
    }
}
