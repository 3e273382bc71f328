import CPUModel
import Hosts
import Lint
import Testing

@Suite("weak-host-model")
struct WeakHostModelTests {
    private let skylake = CPUSignature(family: 6, model: 85, stepping: 4)

    private func found(_ cpu: String, _ hosts: Host...) throws -> [String] {
        try findings(of: "weak-host-model", cpu, hosts: hosts).map(\.message)
    }

    @Test("A host far below its signature is reported, but only for guests whose CPU comes from it")
    func masked() throws {
        let masked = Host("a", model: "Nehalem", vendor: "Intel", signature: skylake)
        let beginning = "the nearest model for host a is only Nehalem: the host's signature is that of"
        #expect(try found(cpu(model: "Nehalem"), masked).first?.hasPrefix(beginning) == true)
        #expect(try found(cpu(model: "Westmere"), masked).isEmpty)
    }

    @Test("A host that lacks a few features of its generation is not reported")
    func slightly() throws {
        let masked = Host("a", model: "Nehalem", vendor: "Intel", signature: skylake)
        let usual = Host("b", model: "Skylake-Server-noTSX-IBRS", vendor: "Intel", signature: skylake)
        #expect(try found("<cpu mode='host-model'/>", masked, usual).count == 1)
    }

    @Test("Hosts with the same weakness make one finding")
    func several() throws {
        let hosts = ["a", "b"].map { Host($0, model: "Nehalem", vendor: "Intel", signature: skylake) }
        let found = try findings(of: "weak-host-model", cpu(model: "Nehalem"), hosts: hosts)
        #expect(found.count == 1 && found[0].hosts == ["a", "b"])
        #expect(found[0].message.hasPrefix("the nearest model for hosts a, b is only Nehalem: the hosts' signature is that of"))
        #expect(found[0].message.contains("but they lack "))
    }
}
