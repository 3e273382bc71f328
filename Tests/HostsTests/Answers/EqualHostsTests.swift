import CPUModel
import LibvirtWords
import TestSupport
import Testing

@testable import Hosts

@Suite("Hosts that are alike")
struct EqualHostsTests {
    private static let capabilities = DomainCapabilities(
        platform: DomainPlatform(architecture: "x86_64", virtType: "kvm"), modes: [.custom: true],
        models: [DomainCapabilities.Model(name: "Haswell", usability: .no, blockers: ["hle"])])

    private static func host(_ name: String, _ change: (inout Host) -> Void = { _ in }) -> Host {
        let cpu = CPUDefinition(
            kind: .host, architecture: "x86_64", model: "Haswell", vendor: "Intel", signature: CPUSignature(family: 6, model: 60, stepping: 3),
            features: [CPUDefinition.Feature("invtsc")])
        var host = Host(name: name, cpu: cpu, domainCapabilities: [capabilities], guestSupport: [GuestSupport(architecture: "x86_64")])
        host.file = "\(name).xml"
        change(&host)
        return host
    }

    @Test("Names and files do not make hosts different; the kinds are in the order of their first hosts")
    func names() {
        let other = { (host: inout Host) in host.cpu!.model = "Westmere" }
        let kinds = EqualHosts([Self.host("a"), Self.host("b", other), Self.host("c"), Self.host("d", other), Self.host("e")])
        #expect(kinds.members == [[0, 2, 4], [1, 3]])
        #expect(kinds.kinds == [0, 1, 0, 1, 0])
        #expect(kinds.firsts == [0, 1])
    }

    static let changes: [@Sendable (inout Host) -> Void] = [
        { $0.cpu = nil }, { $0.cpu!.features.append(CPUDefinition.Feature("stibp")) }, { $0.cpu!.signature!.stepping = 4 },
        { $0.cpu!.vendor = nil }, { $0.domainCapabilities = [] }, { $0.domainCapabilities[0].modes[.maximum] = true },
        { $0.domainCapabilities = [DomainCapabilities(platform: capabilities.platform, modes: [.custom: true], models: [DomainCapabilities.Model(name: "Haswell", usability: .no)])] },
        { $0.guestSupport[0].canonicalMachines = ["q35": "pc-q35-9.2"] }, { $0.hasModelSpecificRegisters = false },
        { $0.physicalAddressBits = 46 }, { $0.libvirt = LibvirtVersion(major: 9) }, { $0.cpuMap = .builtIn },
    ]

    @Test("Everything that a verdict can depend on makes hosts different", arguments: changes.indices)
    func differences(_ index: Int) {
        #expect(EqualHosts([Self.host("a"), Self.host("b", Self.changes[index])]).members == [[0], [1]])
    }

    @Test("A key that two packed files use for different kinds does not make hosts alike")
    func packed() {
        let other = { (host: inout Host) in (host.kind, host.cpu!.model) = ("k", "Westmere") }
        #expect(EqualHosts([Self.host("a") { $0.kind = "k" }, Self.host("b", other), Self.host("c") { $0.kind = "l" }]).members == [[0, 2], [1]])
    }

    @Test("A host that can be asked for more is like no other")
    func connections() throws {
        let connection = try LibvirtConnection(uri: "test:///default")
        let asked = { (host: inout Host) in host.connection = connection }
        #expect(EqualHosts([Self.host("a", asked), Self.host("b", asked)]).members == [[0], [1]])
    }

    @Test("Equal domain capabilities are read once, and belong to each of their hosts; twice for one host they are an error")
    func equalFiles() throws {
        let text = "<domainCapabilities>\n<domain>kvm</domain><arch>x86_64</arch><cpu><mode name='custom' supported='yes'><model usable='yes'>Haswell</model></mode></cpu></domainCapabilities>"
        let files = ["a.domcapabilities.xml", "b.domcapabilities.xml", "c.domcapabilities.xml"].map { (path: $0, bytes: Array(text.utf8)) }
        let hosts = try HostFiles.read(files)
        #expect(hosts.map(\.name) == ["a", "b", "c"])
        #expect(hosts.allSatisfy { $0.domainCapabilities == hosts[0].domainCapabilities && $0.domainCapabilities.count == 1 })
        #expect(hosts.map(\.file) == files.map(\.path))
        let error = #expect(throws: HostError.self) { try HostFiles.read([files[0], (path: "a.domcaps.xml", bytes: files[0].bytes)]) }
        #expect(error?.message == "the domain capabilities for this machine and emulator appear twice: a.domcapabilities.xml contains them too")
    }
}
