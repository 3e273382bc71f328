import CPUModel
import Hosts
@testable import Lint
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
        #expect(doubtful.notes.first == "only the hypervisor knows for certain: also give the output of virsh domcapabilities")
        // One host is known better than the other, so that each has a finding.
        #expect(try Self.findings(cpu, hosts: [alone, StartCheckTests.tsxOff]).filter { $0.rule == "host-incompatible" }.map(\.host) == ["hv02", "hv01"])
        #expect(try Self.findings(cpu, hosts: []).allSatisfy { $0.rule != "host-incompatible" })
    }

    @Test("Hosts that refuse a guest for the same reasons make one finding, and other hosts another")
    func joint() throws {
        let small = ["a", "b"].map { Host($0, model: "Haswell-noTSX", vendor: "Intel") }
        let westmere = Host("c", model: "Westmere", vendor: "Intel"), large = Host("d", model: "Skylake-Server", vendor: "Intel")
        let skylake = "<cpu mode='custom' match='exact'><model fallback='forbid'>Broadwell-noTSX</model></cpu>"
        let found = try Self.findings(skylake, hosts: [small[0], westmere, large, small[1]]).filter { $0.rule == "host-incompatible" }
        #expect(found.map { $0.message.prefix(16) } == ["hosts a, b might", "host c might not"])
        #expect(found.map(\.host) == [nil, "c"])
        // What helps on all of the hosts is said once.
        #expect(found[0].help?.hasPrefix("use ") == true && found[0].help?.contains("a:") == false, "\(found[0].help ?? "")")
    }

    @Test("A model of another vendor than that of the hosts that lack its features is named there, and only there")
    func otherVendor() throws {
        let amd = Host("e", model: "EPYC", vendor: "AMD")
        let skylake = "<cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server</model></cpu>"
        let found = try Self.findings(skylake, hosts: [amd])
        let refusal = try #require(found.first { $0.rule == "host-incompatible" })
        #expect(refusal.notes.contains("Skylake-Server is a model of vendor Intel, and the host's processor is of AMD"))
        #expect(!found.contains { $0.rule == "cross-vendor-model" })
    }

    @Test("Hosts that cannot be judged for the same reason make one finding, with what to give")
    func doubts() throws {
        let hosts = ["a", "b"].map { Host($0, model: "Haswell", vendor: "Intel") }
        func doubts(_ cpu: String) throws -> [Finding] {
            try Self.findings(cpu, type: "qemu", hosts: hosts).filter { $0.rule == "host-incompatible" }
        }
        // What QEMU can emulate is the same on all hosts.
        #expect(try doubts("<cpu mode='host-model'/>").isEmpty)
        let found = try doubts("<cpu mode='host-model'><feature policy='require' name='aes'/></cpu>")
        #expect(found.count == 1)
        for doubt in found {
            #expect(doubt.message.hasPrefix("cannot tell whether hosts a, b would start the guest: ") && doubt.severity == .note)
            #expect(doubt.help == "also give the output of virsh domcapabilities --virttype qemu --arch x86_64 of each host")
        }
    }

    @Test("Guests of an architecture that no host has are reported with what to do")
    func architecture() throws {
        let found = try judge(domain("<cpu mode='host-passthrough'/>", arch: "aarch64", machine: "virt"), hosts: [StartCheckTests.tsxOff]).findings
        let finding = try #require(found.first { $0.rule == "host-incompatible" })
        #expect(finding.message == "none of the given hosts can run aarch64 guests with hardware virtualisation")
        #expect(finding.help?.contains("name a host of this architecture") == true)
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

    @Test("One host lacks, two and many lack; of very many, the first are named, and the finding has them all", arguments: [1, 2, 3, 20])
    func number(_ count: Int) throws {
        let hosts = (1...count).map { Host("h\($0)", model: "Haswell-noTSX", vendor: "Intel") }
        let model = "<cpu mode='custom' match='exact'><model fallback='forbid'>Broadwell-noTSX</model></cpu>"
        let finding = try #require(try Self.findings(model, hosts: hosts).first { $0.rule == "host-incompatible" })
        let start = [
            1: "host h1 might not start the guest: the host lacks required features: ",
            2: "hosts h1, h2 might not start the guest: the hosts lack required features: ",
            3: "hosts h1, h2, h3 might not start the guest: the hosts lack required features: ",
            20: "hosts h1, h2, h3, h4, h5, h6 and 14 more might not start the guest: the hosts lack required features: ",
        ]
        #expect(finding.message.hasPrefix(start[count]!), "\(finding.message)")
        #expect(finding.hosts.count == count)
    }

    @Test("Every reason is about one host, or about several", arguments: [
        (HostVerdict.Reason.blockers(["rtm"], ofModel: "M"), "the hypervisors report M as unusable: missing rtm"),
        (.notListed("M"), "the hypervisors do not list the model M, and fallback='forbid' allows no other"),
        (.modeNotSupported(.maximum), "the hypervisors do not support mode maximum"),
        (.deprecatedFeaturesUnsupported, "their QEMU does not support deprecated_features, which needs QEMU 10.1 on x86"),
        (.incompatible(.vendor(required: "Intel", host: "AMD")), "the vendor of the hosts' CPUs is AMD, not Intel"),
        (.incompatible(.forbiddenFeatures(["aes"])), "the hosts have features that the guest forbids: aes"),
        (.incompatible(.extraFeatures(["aes"])), "match='strict', but the hosts have more features: aes"),
        (.incompatible(.model(required: "POWER8", host: "POWER9")), "the hosts' CPUs are POWER9, not POWER8"),
        (.incompatible(.architecture("x86_64")), "the hosts' architecture is not x86_64"),
        (.incompatible(.unknownHost), "the hosts' CPUs are unknown"),
    ])
    func reasons(_ reason: HostVerdict.Reason, _ words: String) {
        #expect(reason.words(isOne: false) == words)
        #expect(reason.words(isOne: true) == reason.description && !reason.description.contains("hosts") && !reason.description.contains("their"))
    }

    @Test("Hosts whose hypervisors report the same make one finding of model-not-usable")
    func unusable() throws {
        let hosts = ["a", "b"].map { name in
            var host = StartCheckTests.tsxOff
            host.name = name
            return host
        }
        let cpu = "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>Haswell</model></cpu>"
        let one = try Self.findings(cpu, hosts: [hosts[0]]).filter { $0.rule == "model-not-usable" }
        let two = try Self.findings(cpu, hosts: hosts).filter { $0.rule == "model-not-usable" }
        #expect(one.map(\.message) == ["the hypervisor on host a reports Haswell as unusable: missing hle, rtm"])
        #expect(two.map(\.message) == ["the hypervisors on hosts a, b report Haswell as unusable: missing hle, rtm"])
        #expect(two[0].hosts == ["a", "b"])
    }
}
