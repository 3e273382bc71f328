import CPUModel
import Glibc
import Hosts
import TestSupport
import Testing

/// These tests run only on a machine with a libvirtd.
@Suite("The libvirt of this machine", .serialized, .enabled(if: access("/run/libvirt/libvirt-sock", R_OK | W_OK) == 0))
struct LocalLibvirtTests {
    @Test("The local CPU is the one that virsh capabilities prints, without features that CPUID does not show")
    func local() async throws {
        let connection = try LibvirtConnection(uri: "qemu:///system")
        let libvirt = try #require(try await LibvirtConnectionTests.host(connection).get().cpu)
        let map = try CPUMap(directory: CPUMap.systemDirectory)
        let own = try #require(try Host.local(map: map).cpu)
        #expect(own.model == libvirt.model && own.vendor == libvirt.vendor && own.architecture == libvirt.architecture)
        // libvirt 9.0 does not print the signature that it knows.
        if let signature = libvirt.signature { #expect(own.signature == signature) }
        let mine = Set(own.features.map(\.name)), theirs = Set(libvirt.features.map(\.name))
        let registersOnly = Set(
            map.x86.features.filter { feature in
                feature.bits.contains { if case .msr = $0.address { true } else { false } }
            }.map(\.name))
        #expect(mine.subtracting(theirs) == [])
        #expect(theirs.subtracting(mine).subtracting(registersOnly) == [])
        print("local: \(own.model ?? "?"), \(mine.count) features; libvirt has \(theirs.subtracting(mine).sorted()) more, from registers")
    }

    @Test("Domain capabilities of a platform can be asked for")
    func domainCapabilities() async throws {
        let connection = try LibvirtConnection(uri: "qemu:///system")
        let host = try await LibvirtConnectionTests.host(connection).get()
        let platform = DomainPlatform(architecture: "x86_64", virtType: "qemu", machine: "q35")
        let known = try await offPool {
            Result { () throws(HostError) in try host.domainCapabilities(for: platform) }
        }.get()
        #expect(known?.isOwn == true && known?.capabilities.models.isEmpty == false)
        #expect(known?.capabilities.model(named: "qemu64")?.usability == .yes)
        let nonsense = DomainPlatform(architecture: "x86_64", virtType: "qemu", machine: "nonsense")
        let answer = await offPool {
            Result { () throws(HostError) in try connection.domainCapabilities(for: nonsense) }
        }
        guard case .failure(let error) = answer else { return #expect(Bool(false)) }
        #expect(error.message.contains("the machine 'nonsense' is not supported by emulator"))
    }
}
