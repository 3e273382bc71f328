import Glibc
import Subprocess
import SystemPackage
import TestSupport
import Testing

@Suite("With libvirt's own tools")
struct VirshTests {
    static let isThere = access("/usr/bin/virsh", X_OK) == 0

    private func shell(_ command: String) async throws -> (status: TerminationStatus, output: String, errors: String) {
        let result = try await run(
            .path("/bin/sh"), arguments: ["-c", command], environment: .inherit.updating(["VIRT_CPU": Program.path]),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return (result.terminationStatus, result.standardOutput, result.standardError)
    }

    @Test("virsh dumpxml | virt-cpu filter | virsh define", .enabled(if: isThere, "virsh is not installed"))
    func define() async throws {
        let result = try await shell(
            """
            virsh -c test:///default dumpxml test | "$VIRT_CPU" filter --no-config --default host-model |
                virsh -c test:///default define /dev/stdin
            """)
        #expect(result.status.isSuccess)
        #expect(result.output.contains("Domain 'test' defined from /dev/stdin"))
        #expect(result.errors.hasPrefix("""
            virt-cpu: note: test domains are not rewritten: only qemu, kvm and hvf domains are
            <stdin>:1:25: note: this is the live XML of a running guest (domain id 1), not its configuration [live-definition]
            """))
    }
}
