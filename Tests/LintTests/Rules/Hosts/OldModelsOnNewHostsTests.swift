import CPUModel
import Hosts
import Lint
import Testing

/// Models that a host's processor no longer has whole, or has only in part because it is of another vendor.
@Suite("Models that hosts have only in part")
struct OldModelsOnNewHostsTests {
    private let zen = Host("zen", model: "EPYC", vendor: "AMD")

    private func refusals(_ cpu: String, _ host: Host) throws -> [Finding] { try findings(of: "host-incompatible", cpu, hosts: [host]) }

    // Zen has no XOP, FMA4 and TBM, which Bulldozer had (AMD64 Architecture Programmer's Manual, volume 6).
    @Test("Features that a newer generation has lost are named, and the guest starts without them", arguments: ["Opteron_G4", "Opteron_G5"])
    func lost(model: String) throws {
        let gone = ["xop", "fma4"] + (model == "Opteron_G5" ? ["tbm"] : [])
        let found = try #require(try refusals(cpu(model: model), zen).first)
        #expect(found.message == "host zen might not start the guest: the host lacks required features: \(gone.joined(separator: ", "))")
        #expect(found.help?.hasSuffix("disable \(gone.joined(separator: ", "))") == true)
        let disabled = gone.map { "<feature policy='disable' name='\($0)'/>" }.joined()
        #expect(try refusals(cpu(model: model, disabled), zen).isEmpty)
    }

    // AMD's family 10h has SSE4a, but neither SSSE3 nor SSE4.1.
    @Test("A model of the other vendor is refused for the features that the processor lacks, and the vendor is named")
    func otherVendor() throws {
        let phenom = Host("phenom", model: "Opteron_G3", vendor: "AMD", features: ["vme", "ss"])
        let found = try #require(try refusals(cpu(model: "Penryn"), phenom).first)
        #expect(found.message.hasSuffix("the host lacks required features: ssse3, sse4.1"))
        #expect(found.notes.contains("Penryn is a model of vendor Intel, and the host's processor is of AMD"))
    }

    @Test("Where another model starts, help does not list the many features that this one would have to lose")
    func manyFeatures() throws {
        let intel = Host("intel", model: "Skylake-Server-IBRS", vendor: "Intel")
        let found = try #require(try refusals(cpu(model: "EPYC-Milan"), intel).first)
        #expect(found.help == "use Skylake-Server-IBRS")
    }

    @Test("A feature of one vendor's processors is refused on the other's, whatever the model")
    func featureOfOneVendor() throws {
        let nested = cpu(model: "Nehalem", "<feature policy='require' name='vmx'/>")
        let intel = Host("intel", model: "Skylake-Client-IBRS", vendor: "Intel", features: ["vmx"])
        #expect(try refusals(nested, intel).isEmpty)
        #expect(try refusals(nested, zen).first?.help == "disable vmx")
    }

    // target/i386/kvm/kvm.c: KVM gives topoext, but QEMU only if it is asked for.
    @Test("A host that is known by its domain capabilities only starts a guest that requires topoext", arguments: ["custom", "host-model"])
    func topoext(mode: String) throws {
        let model = CPUDefinition(kind: .guest, model: "EPYC-Rome", vendor: "AMD")
        let known = DomainCapabilities(
            platform: DomainPlatform(architecture: "x86_64", virtType: "kvm", machine: "pc-q35-7.2"), modes: [.hostModel: true, .custom: true],
            hostModel: model, models: [.init(name: "EPYC-Rome", usability: .yes)])
        let host = Host(name: "rome", cpu: nil, domainCapabilities: [known])
        let feature = "<feature policy='require' name='topoext'/>"
        let cpu = mode == "custom" ? cpu(model: "EPYC-Rome", feature) : "<cpu mode='host-model'>\(feature)</cpu>"
        #expect(try refusals(cpu, host).isEmpty)
    }
}
