import CPUModel
import Hosts
import Lint
import TestSupport
import Testing

@Suite("Changes of CPUs that follow known hosts")
struct GuestChangeOnHostsTests {
    static let haswell = Host(
        name: "h",
        cpu: CPUDefinition(
            kind: .host, architecture: "x86_64", model: "Haswell-noTSX", vendor: "Intel", features: [.init("vmx"), .init("invtsc")]))

    @Test("The host-model of the domain capabilities is no change from host-model, any other model is one",
          .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func expansion() throws {
        let file = "\(Corpus.libvirt!)/tests/domaincapsdata/qemu_7.0.0-q35.x86_64.xml"
        let hosts = try HostFiles.read([(file, Corpus.read(file))])
        let before = definition("<cpu mode='host-model'/>", machine: "pc-q35-7.0", rest: "<devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices>")
        let after = try judge(before, policy: "default: pin", purpose: .rewrite, hosts: hosts).output
        #expect(!after.contains("host-model"))
        #expect(try change(before, after, on: hosts).isNone)
        let less = after.replacing("<feature policy='require' name='amd-ssbd'/>", with: "<feature policy='disable' name='amd-ssbd'/>")
        #expect(less != after)
        #expect(try change(before, less, on: hosts).items.map(\.description) == ["features lost: amd-ssbd"])
        let other = try change(before, definition(cpuElement("EPYC"), machine: "pc-q35-7.0"), on: hosts)
        #expect(other.items.contains { $0.aspect == .brand } && other.doubts == [])
    }

    @Test("Without domain capabilities, the target pin is likely no change, which is said, and another model is a doubt")
    func capabilities() throws {
        let before = definition("<cpu mode='host-model'/>")
        let after = try judge(before, policy: "default: pin", purpose: .rewrite, hosts: [Self.haswell]).output
        #expect(after.contains("<model fallback='forbid'>Haswell-noTSX</model>"))
        for (old, new) in [(before, after), (after, before)] {
            let pinned = try change(old, new, on: [Self.haswell])
            #expect(pinned.items == [] && pinned.isLikelyNone && pinned.needsHost && !pinned.isNone)
            #expect(pinned.doubts.count == 1 && pinned.doubts[0].contains("the processor of host h shows no change"))
            #expect(pinned.doubts[0].contains("virsh domcapabilities for the guest's machine type would settle it"))
        }
        let two = try change(before, after, on: [Self.haswell, Host(name: "i", cpu: Self.haswell.cpu)])
        #expect(two.doubts.count == 1 && two.doubts[0].contains("the processors of hosts h, i show no change"))
        let other = try change(before, definition(cpuElement("EPYC")), on: [Self.haswell])
        #expect(other.items == [])
        #expect(other.doubts.count == 1 && other.doubts[0].contains("Haswell-noTSX or similar on h"))
        #expect(other.needsHost)
    }

    @Test("The guest notices that a feature is disabled only if the host has it")
    func features() throws {
        func disabling(_ name: String) throws -> GuestChange {
            try change(
                definition("<cpu mode='host-passthrough'/>"),
                definition("<cpu mode='host-passthrough'><feature policy='disable' name='\(name)'/></cpu>"), on: [Self.haswell])
        }
        #expect(try disabling("avx512f").isNone)
        #expect(try disabling("vmx").items.map(\.description) == ["nested virtualisation: on (vmx) → off", "features lost: vmx"])
    }

    @Test("A vendor_id that is the host's vendor is no change")
    func vendor() throws {
        let after = definition("<cpu><model vendor_id='GenuineIntel'>Haswell</model></cpu>")
        #expect(try change(definition(cpuElement("Haswell")), after, on: [Self.haswell]).isNone)
        let other = definition("<cpu><model vendor_id='AuthenticAMD'>Haswell</model></cpu>")
        #expect(try change(definition(cpuElement("Haswell")), other, on: [Self.haswell]).items.map(\.description)
            == ["vendor: GenuineIntel → AuthenticAMD"])
    }

    @Test("With two hosts that provide different CPUs, the change is a doubt")
    func two() throws {
        var other = Self.haswell
        other.name = "other"
        other.cpu?.model = "Penryn"
        let before = definition("<cpu mode='host-model'/>")
        let after = try judge(before, policy: "default: pin", purpose: .rewrite, hosts: [Self.haswell]).output
        let change = try change(before, after, on: [Self.haswell, other])
        #expect(change.items == [] && change.doubts.count == 1)
    }

    @Test("Hosts that certainly give host-model as it is spelt out leave no doubt, and one of which only the processor is known does")
    func mixed() throws {
        let platform = DomainPlatform(architecture: "x86_64", virtType: "kvm")
        let hostModel = CPUDefinition(
            kind: .guest, mode: .hostModel, model: "Haswell-noTSX", fallback: .forbid, features: [.init("vmx")])
        let known = Host(name: "k", cpu: nil, domainCapabilities: [DomainCapabilities(platform: platform, hostModel: hostModel)])
        let before = definition("<cpu mode='host-model'/>")
        let after = try judge(before, policy: "default: pin", purpose: .rewrite, hosts: [Self.haswell]).output
        #expect(try change(before, after, on: [known]).isNone)
        let mixed = try change(before, after, on: [known, Self.haswell])
        #expect(mixed.isLikelyNone && mixed.doubts[0].contains("the processor of host h shows"), "\(mixed)")
    }
}
