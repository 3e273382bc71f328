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
}
