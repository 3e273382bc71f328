import Hosts
import Lint
import Testing

@Suite("host-incompatible and model-not-usable")
struct HostIncompatibleTests {
    static func findings(_ cpu: String, type: String = "kvm", hosts: [Host] = [StartCheckTests.tsxOff], policy: String = "default: keep") throws -> [Finding] {
        try judge(domain(cpu, type: type), policy: policy, hosts: hosts).findings
    }

    @Test("An error with domain capabilities, a warning without")
    func severity() throws {
        let cpu = "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model></cpu>"
        let certain = try #require(try Self.findings(cpu).first { $0.rule == "host-incompatible" })
        #expect(certain.severity == .error && certain.host == "hv01")
        #expect(certain.message == "host hv01 would not start the guest: the host lacks required features: hle, rtm")
        #expect(certain.help == "use Haswell-noTSX, or disable hle, rtm")
        let alone = Host(name: "hv02", cpu: StartCheckTests.tsxOff.cpu)
        let doubtful = try #require(try Self.findings(cpu, hosts: [alone]).first { $0.rule == "host-incompatible" })
        #expect(doubtful.severity == .warning && doubtful.message.hasPrefix("host hv02 might not start the guest"))
        #expect(doubtful.notes == ["only the hypervisor knows for certain: also give the output of virsh domcapabilities"])
        // One finding for each host.
        #expect(try Self.findings(cpu, hosts: [alone, StartCheckTests.tsxOff]).filter { $0.rule == "host-incompatible" }.map(\.host) == ["hv02", "hv01"])
        #expect(try Self.findings(cpu, hosts: []).allSatisfy { $0.rule != "host-incompatible" })
    }

    @Test("The finding is at the feature that the guest itself requests")
    func place() throws {
        let cpu = "<cpu mode='custom' match='exact'><model>Haswell-noTSX</model><feature policy='require' name='rtm'/></cpu>"
        let finding = try #require(try Self.findings(cpu).first { $0.rule == "host-incompatible" })
        #expect(finding.sourceLine.dropFirst(finding.start.column - 1).hasPrefix("<feature"))
        #expect(finding.help == "disable rtm")
    }

    @Test("A model that does not start is not also reported as unusable")
    func once() throws {
        let refused = try Self.findings("<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model></cpu>")
        #expect(!refused.contains { $0.rule == "model-not-usable" })
        let unchecked = try Self.findings("<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>Haswell</model></cpu>")
        #expect(!unchecked.contains { $0.rule == "host-incompatible" })
        #expect(unchecked.first { $0.rule == "model-not-usable" }?.message == "the hypervisor on host hv01 reports Haswell as unusable: missing hle, rtm")
        // Opteron_G2 has svm in the CPU map, but this guest disables it, so it gets everything that it requests.
        let without = try Self.findings("<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>Opteron_G2</model><feature policy='disable' name='svm'/></cpu>")
        #expect(!without.contains { $0.rule == "model-not-usable" })
    }
}
