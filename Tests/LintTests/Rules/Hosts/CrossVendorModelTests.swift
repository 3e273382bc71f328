import Hosts
import Lint
import Testing

@Suite("cross-vendor-model")
struct CrossVendorModelTests {
    private func found(_ cpu: String) throws -> [String] {
        let hosts = [Host("a", model: "Haswell", vendor: "Intel"), Host("b", model: "EPYC", vendor: "AMD")]
        return try findings(of: "cross-vendor-model", cpu, hosts: hosts).map(\.message)
    }

    @Test("The hosts of another vendor are named, unless the guest has a <vendor> or the model has none")
    func vendors() throws {
        #expect(try found(cpu(model: "Nehalem")) == ["Nehalem is a model of vendor Intel, but host b has vendor AMD"])
        #expect(try found(cpu(model: "Nehalem", "<vendor>Intel</vendor>")).isEmpty)
        #expect(try found(cpu(model: "qemu64")).isEmpty)
    }

    @Test("Several hosts of one vendor are named together")
    func several() throws {
        let hosts = [Host("b", model: "EPYC", vendor: "AMD"), Host("c", model: "EPYC", vendor: "AMD")]
        #expect(try findings(of: "cross-vendor-model", cpu(model: "Nehalem"), hosts: hosts).map(\.message)
            == ["Nehalem is a model of vendor Intel, but hosts b, c have vendor AMD"])
    }
}
