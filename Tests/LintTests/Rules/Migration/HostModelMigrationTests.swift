import CPUModel
import Hosts
import Lint
import TestSupport
import Testing

@Suite("host-model-migration")
struct HostModelMigrationTests {
    private func found(_ cpu: String, policy: String = "default: keep", windows: Bool = false, _ hosts: [Host]) throws -> [Finding] {
        try findings(of: "host-model-migration", cpu, windows: windows, policy: policy, hosts: hosts)
    }

    private let old = Host("hv01", model: "Haswell-noTSX", vendor: "Intel")
    private let new = Host("hv02", model: "Broadwell-noTSX", vendor: "Intel")

    @Test("One finding names the hosts, the features and the way out, which starts on all of them")
    func wayOut() throws {
        let findings = try found("<cpu mode='host-model'/>", [old, new, Host("hv03", model: "Haswell-noTSX", vendor: "Intel")])
        #expect(findings.map(\.message) == [
            "host-model: started on hv02, the guest might be unable to move to hv01, hv03: they lack rdseed, adx, smap, 3dnowprefetch",
        ])
        #expect(findings.first?.help == "nearest CPU that runs on all hosts: Haswell-noTSX (--default baseline)")
        // Rewritten as the help says, the guest starts on all hosts and moves between them.
        let policy = "default: baseline"
        let hosts = [old, new]
        let output = try judge(domain("<cpu mode='host-model'/>"), policy: policy, purpose: .rewrite, hosts: hosts).output
        #expect(output.contains("<model fallback='forbid'>Haswell-noTSX</model>"))
        let after = try judge(output, policy: policy, hosts: hosts).findings.map(\.rule)
        #expect(!after.contains("host-model-migration") && !after.contains("host-incompatible"))
    }

    @Test("Nothing is found where guests stay, where the hosts are equal, and for a guest with a model of its own")
    func silent() throws {
        let cpu = "<cpu mode='host-model'/>"
        #expect(try found(cpu, [new]).isEmpty)
        #expect(try found(cpu, policy: "{default: keep, migration: true}", [new]).isEmpty)
        #expect(try found(cpu, policy: "{default: keep, migration: false}", [old, new]).isEmpty)
        #expect(try found(cpu, [old, Host("hv03", model: "Haswell-noTSX", vendor: "Intel")]).isEmpty)
        #expect(try found("<cpu><model>Haswell-noTSX</model></cpu>", [old, new]).isEmpty)
        #expect(try found("<cpu mode='host-passthrough'/>", [old, new]).isEmpty)
    }

    @Test("match='minimum' follows the host too")
    func minimum() throws {
        let messages = try found("<cpu match='minimum'><model>Penryn</model></cpu>", [old, new]).map(\.message)
        #expect(messages.count == 1)
        #expect(messages.first?.hasPrefix("match='minimum': started on hv02, the guest might be unable to move to hv01: it lacks") == true)
    }

    @Test("A host that refuses the guest is another finding, and no destination")
    func refused() throws {
        let cpu = "<cpu mode='host-model'><feature policy='require' name='adx'/></cpu>"
        let rules = try judge(domain(cpu), hosts: [old, new]).findings.map(\.rule)
        #expect(rules.contains("host-incompatible"))
        #expect(!rules.contains("host-model-migration"))
    }

    @Test("An entry of the policy narrows the hosts of its guests; clusters say between which they move")
    func narrowed() throws {
        let cpu = "<cpu mode='host-model'/>"
        let third = Host("hv03", model: "Broadwell-noTSX", vendor: "Intel")
        let hosts = [old, new, third]
        func policy(_ rest: String) -> String { "{default: keep, \(rest)}" }
        #expect(try found(cpu, hosts).count == 1)
        #expect(try found(cpu, policy: policy("guests: [{match: {name: guest}, hosts: [hv02, hv03]}]"), hosts).isEmpty)
        #expect(try found(cpu, policy: policy("guests: [{match: {name: other}, hosts: [hv02, hv03]}]"), hosts).count == 1)
        #expect(try found(cpu, policy: policy("guests: [{match: {name: guest}, hosts: [hv01]}]"), hosts).isEmpty)
        #expect(try found(cpu, policy: policy("clusters: {new: [hv02, hv03]}"), hosts).isEmpty)
        #expect(try found(cpu, policy: policy("clusters: {all: [hv0*]}"), hosts).count == 1)
        #expect(try found(cpu, policy: policy("clusters: {new: [hv02, hv03]}, guests: [{match: {name: guest}, hosts: [new]}]"), hosts).isEmpty)
    }

    @Test("An entry narrows every judgement of its guests: whether they start, and what targets mean")
    func narrowedStart() throws {
        let xml = domain(cpu(model: "Broadwell-noTSX"))
        let policy = "{default: host-model-only, guests: [{match: {name: guest}, hosts: [hv02]}]}"
        #expect(try judge(xml, policy: "default: host-model-only", hosts: [old, new]).findings.map(\.rule).contains("host-incompatible"))
        #expect(try judge(xml, policy: policy, hosts: [old, new]).findings.map(\.rule).allSatisfy { $0 != "host-incompatible" && $0 != "cpu-not-default" })
        let output = try judge(domain("<cpu mode='host-model'/>"), policy: policy, purpose: .rewrite, hosts: [old, new]).output
        #expect(output.contains("Broadwell-noTSX"))
    }

    @Test("Hosts of different vendors: the way out is a model that starts on both without <vendor>, with what is lost")
    func vendors() throws {
        let amd = Host("amd", model: "EPYC-Rome", vendor: "AMD")
        let finding = try found("<cpu mode='host-model'/>", [new, amd]).first
        #expect(finding?.message == "host-model: started on hv02, the guest might be unable to move to amd: it has a CPU of vendor AMD, not Intel")
        #expect(finding?.notes == [
            "started on amd, it might be unable to move to hv02: it has a CPU of vendor Intel, not AMD",
            "only the hypervisors know for certain: also give the output of virsh domcapabilities of each host",
        ])
        let help = finding?.help ?? ""
        let words = help.split(separator: " ")
        let model = try #require(words.firstIndex(of: "(--default")).advanced(by: 1)
        let name = words[model].filter { $0 != ")" && $0 != ";" }
        #expect(help.contains("\(name) without <vendor>"))
        // What both have of libvirt's Broadwell and Rome, and the model lacks.
        #expect(help.contains("avx2") || help.contains("fma"))
        let after = try judge(
            domain("<cpu mode='host-model'/>"), policy: "default: \(name)", purpose: .rewrite, hosts: [new, amd])
        #expect(after.output.contains("<model>\(name)</model>"))
        #expect(try !judge(after.output, hosts: [new, amd]).findings.map(\.rule).contains("host-incompatible"))
    }

    @Test("Where no CPU starts on all hosts, the help says so")
    func none() throws {
        // A 32-bit processor runs no model of x86_64 guests.
        let old = Host("old", model: "pentium3", vendor: "Intel")
        let finding = try found("<cpu mode='host-model'/>", [new, old]).first
        #expect(finding?.help?.hasPrefix("no CPU was found that starts on all hosts") == true)
    }

    @Test("For Windows, the help says that the rewrite is withheld and what it risks")
    func windows() throws {
        let finding = try found("<cpu mode='host-model'/>", windows: true, [old, new]).first
        #expect(finding?.help?.contains("Windows may ask for reactivation, and is rewritten only with windows: rewrite") == true)
    }
}
