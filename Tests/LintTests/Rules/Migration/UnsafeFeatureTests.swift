import CPUModel
import Hosts
import Lint
import Testing

@Suite("unsafe-feature")
struct UnsafeFeatureTests {
    private let disabled = "<feature policy='disable' name='hle'/><feature policy='disable' name='rtm'/>"

    private func help(_ model: String, _ features: String = "", windows: Bool = false) throws -> String? {
        try findings(of: "unsafe-feature", cpu(model: model, features), windows: windows).first?.help
    }

    @Test("The first suggestion is to disable TSX, which keeps the model's name; the -noTSX variant is the second")
    func suggestions() throws {
        #expect(try help("Skylake-Server-IBRS") == "set \(disabled), or use Skylake-Server-noTSX-IBRS")
        #expect(try help("Icelake-Client")?.contains("noTSX") == false)
    }

    @Test("Features that the definition requires itself make one finding, at the first of them")
    func required() throws {
        let required = disabled.replacing("disable", with: "require")
        let found = try findings(of: "unsafe-feature", cpu(model: "Haswell-noTSX", required))
        #expect(found.map(\.message) == ["features hle, rtm are required, but microcode and QEMU updates remove them; the guest may then fail to start or migrate"])
        #expect(found.map(\.help) == ["disable them"])
        #expect(found[0].sourceLine.dropFirst(found[0].start.column - 1).hasPrefix("<feature policy='require' name='hle'/>"))
    }

    @Test("For a Windows guest no other model is suggested")
    func windows() throws {
        #expect(try help("Skylake-Server-IBRS", windows: true) == "set \(disabled); Windows can see that change")
    }

    @Test("An optional feature is reported, a disabled one is not")
    func policies() throws {
        let optional = disabled.replacing("disable", with: "optional")
        #expect(try help("Haswell", optional) == "set \(disabled), or use Haswell-noTSX")
        #expect(try help("Haswell", disabled) == nil)
    }

    @Test("RDSEED is at risk on Zen 5 only: by the host's family, or by the model")
    func rdseed() throws {
        func found(_ model: String, _ features: String = "", family: Int? = nil) throws -> [String] {
            var host = Host("a", model: "EPYC-Rome", vendor: "AMD")
            host.cpu?.signature = family.map { CPUSignature(family: $0, model: 2, stepping: 1) }
            return try findings(of: "unsafe-feature", cpu(model: model, features), hosts: family == nil ? [] : [host])
                .filter { $0.severity == .note }.map(\.message)
        }
        let words = ", which Zen 5 processors have only with corrected microcode; elsewhere the guest may fail to start or migrate"
        #expect(try found("EPYC-Rome", family: 26) == ["EPYC-Rome includes rdseed" + words])
        #expect(try found("EPYC-Rome", family: 25) == [])
        #expect(try found("EPYC-Rome") == [])
        #expect(try found("EPYC-Turin") == ["EPYC-Turin includes rdseed" + words])
        #expect(try found("EPYC-Turin", "<feature policy='disable' name='rdseed'/>") == [])
        #expect(try found("Opteron_G3", "<feature policy='require' name='rdseed'/>", family: 26) == ["feature rdseed is required" + words])
    }

    @Test("arch-capabilities is at risk on AMD only")
    func archCapabilities() throws {
        let required = "<feature policy='require' name='arch-capabilities'/>"
        let amd = Host("a", model: "EPYC-Milan", vendor: "AMD", features: ["arch-capabilities"])
        let intel = Host("b", model: "Cascadelake-Server-noTSX", vendor: "Intel", features: ["arch-capabilities"])
        func count(_ model: String, _ features: String, _ hosts: Host...) throws -> Int {
            try findings(of: "unsafe-feature", cpu(model: model, features), hosts: hosts).filter { $0.message.contains("arch-capabilities") }.count
        }
        #expect(try count("EPYC-Milan", required) == 1)
        #expect(try count("Nehalem", required, amd) == 1)
        #expect(try count("Nehalem", required, intel) == 0)
        #expect(try count("Nehalem", required, intel, amd) == 0, "the guest runs on Intel too")
        #expect(try count("EPYC-Milan", "<feature policy='disable' name='arch-capabilities'/>", amd) == 0)
    }

    @Test("A finding says what took the feature away, when, and the source")
    func sources() throws {
        let found = try findings(of: "unsafe-feature", cpu(model: "Skylake-Server-IBRS"))
        #expect(found[0].notes.contains { $0.hasPrefix("hle, rtm: ") && $0.contains("2019-11") && $0.hasSuffix("]") })
    }
}
