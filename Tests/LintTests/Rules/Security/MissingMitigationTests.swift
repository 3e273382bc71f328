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
        #expect(try found("Haswell-noTSX", one) == ["all hosts support spec-ctrl, stibp, ssbd, md-clear, but the guest does not enable them"])
        #expect(try found("Haswell-noTSX", one, two) == ["all hosts support spec-ctrl, ssbd, but the guest does not enable them"])
        #expect(try found("Haswell-noTSX", one, none).isEmpty)
        #expect(try found("Haswell-noTSX").isEmpty)
    }

    @Test("Each vendor has controls of its own")
    func amd() throws {
        let host = Host("e", model: "EPYC-IBPB", vendor: "AMD", features: ["amd-ssbd", "virt-ssbd", "stibp"])
        #expect(try found("EPYC", host) == ["all hosts support ibpb, stibp, amd-ssbd, virt-ssbd, but the guest does not enable them"])
    }

    @Test("A control is not needed on a processor that is immune")
    func immune() throws {
        let intel = Host("d", model: "Haswell-noTSX-IBRS", vendor: "Intel", features: ["md-clear", "mds-no"])
        #expect(try found("Haswell-noTSX", intel) == ["all hosts support spec-ctrl, but the guest does not enable it"])
        let amd = Host("f", model: "EPYC-IBPB", vendor: "AMD", features: ["amd-ssbd", "virt-ssbd", "amd-no-ssb"])
        #expect(try found("EPYC", amd) == ["all hosts support ibpb, but the guest does not enable it"])
    }
}
