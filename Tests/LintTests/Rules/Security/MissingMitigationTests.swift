import Hosts
import Lint
import Testing

@Suite("missing-mitigation")
struct MissingMitigationTests {
    private func found(_ model: String, _ hosts: Host...) throws -> [String] {
        try findings(of: "missing-mitigation", cpu(model: model), hosts: hosts).map(\.message)
    }

    @Test("Only what every host offers is reported as missing")
    func everyHost() throws {
        let one = Host("a", model: "Haswell-noTSX-IBRS", vendor: "Intel", features: ["ssbd", "stibp", "md-clear"])
        let two = Host("b", model: "Haswell-noTSX-IBRS", vendor: "Intel", features: ["ssbd"])
        let none = Host("c", model: "Haswell-noTSX", vendor: "Intel")
        #expect(try found("Haswell-noTSX", one) == ["every host offers spec-ctrl, stibp, ssbd, md-clear, and the guest goes without"])
        #expect(try found("Haswell-noTSX", one, two) == ["every host offers spec-ctrl, ssbd, and the guest goes without"])
        #expect(try found("Haswell-noTSX", one, none).isEmpty)
        #expect(try found("Haswell-noTSX").isEmpty)
    }

    @Test("Each vendor has controls of its own")
    func amd() throws {
        let host = Host("e", model: "EPYC-IBPB", vendor: "AMD", features: ["amd-ssbd", "virt-ssbd", "stibp"])
        #expect(try found("EPYC", host) == ["every host offers ibpb, stibp, amd-ssbd, virt-ssbd, and the guest goes without"])
    }

    @Test("A control is not needed on a processor that is immune")
    func immune() throws {
        let intel = Host("d", model: "Haswell-noTSX-IBRS", vendor: "Intel", features: ["md-clear", "mds-no"])
        #expect(try found("Haswell-noTSX", intel) == ["every host offers spec-ctrl, and the guest goes without"])
        let amd = Host("f", model: "EPYC-IBPB", vendor: "AMD", features: ["amd-ssbd", "virt-ssbd", "amd-no-ssb"])
        #expect(try found("EPYC", amd) == ["every host offers ibpb, and the guest goes without"])
    }
}
