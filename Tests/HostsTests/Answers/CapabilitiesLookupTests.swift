import Hosts
import Testing

@Suite("Looking up domain capabilities")
struct CapabilitiesLookupTests {
    @Test("Domain capabilities are found by architecture, virtualisation type, machine and emulator")
    func lookup() throws {
        func capabilities(_ machine: String, _ emulator: String, arch: String = "x86_64", type: String = "kvm") -> DomainCapabilities {
            DomainCapabilities(
                platform: DomainPlatform(architecture: arch, virtType: type, machine: machine, emulator: emulator))
        }
        let support = GuestSupport(architecture: "x86_64", canonicalMachines: ["q35": "pc-q35-9.2"])
        let host = Host(
            name: "h", cpu: nil,
            domainCapabilities: [
                capabilities("pc-i440fx-9.2", "/usr/bin/a"), capabilities("pc-q35-9.2", "/usr/bin/a"),
                capabilities("pc-q35-9.2", "/usr/bin/b"), capabilities("virt-9.2", "/usr/bin/arm", arch: "aarch64"),
            ], guestSupport: [support])
        func find(_ type: String, _ machine: String?, _ emulator: String?, arch: String = "x86_64") throws -> String? {
            let found = try host.domainCapabilities(
                for: DomainPlatform(architecture: arch, virtType: type, machine: machine, emulator: emulator))
            return found.map { "\($0.capabilities.platform.machine!) \($0.capabilities.platform.emulator!) \($0.isOwn)" }
        }
        #expect(try find("kvm", "q35", "/usr/bin/b") == "pc-q35-9.2 /usr/bin/b true")
        #expect(try find("kvm", "q35", nil) == "pc-q35-9.2 /usr/bin/a true")
        #expect(try find("kvm", nil, nil) == "pc-i440fx-9.2 /usr/bin/a true")
        // On x86, the CPUs depend on the emulator but not on the machine.
        #expect(try find("kvm", "pc-q35-5.2", "/usr/bin/b") == "pc-q35-9.2 /usr/bin/b true")
        #expect(try find("kvm", "q35", "/usr/bin/c") == "pc-q35-9.2 /usr/bin/a false")
        #expect(try find("qemu", "q35", nil) == nil)
        #expect(try find("kvm", "virt-9.2", nil, arch: "aarch64") == "virt-9.2 /usr/bin/arm true")
        #expect(try find("kvm", "virt-5.2", nil, arch: "aarch64") == "virt-9.2 /usr/bin/arm false")
    }
}
