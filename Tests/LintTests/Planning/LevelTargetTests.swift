import CPUModel
import Hosts
import Lint
import TestSupport
import Testing

@Suite("The targets x86-64-v2, x86-64-v3 and x86-64-v4")
struct LevelTargetTests {
    private func host(_ name: String, _ model: String, _ vendor: String = "Intel", _ features: [String] = []) -> Host {
        Host(
            name: name,
            cpu: CPUDefinition(
                kind: .host, architecture: "x86_64", model: model, vendor: vendor, features: features.map { .init($0) }))
    }

    private func result(
        _ target: String, _ hosts: [Host], machine: String = "pc-q35-9.0", type: String = "kvm"
    ) throws -> (model: String?, messages: [String]) {
        let xml = domain("<cpu mode='maximum'/>", type: type, machine: machine)
        let judged = try judge(xml, policy: "default: \(target)", purpose: .rewrite, hosts: hosts)
        let model = judged.output.split(separator: "<model fallback='forbid'>").dropFirst().first?.split(separator: "<").first
        return (model.map(String.init), judged.findings.map(\.message))
    }

    @Test("The smallest model that has the level, of the hosts' vendor if there is one", arguments: [
        ("x86-64-v2", "Skylake-Server-IBRS", "Intel", "Nehalem-IBRS"), ("x86-64-v3", "Skylake-Server-IBRS", "Intel", "Haswell-noTSX-IBRS"),
        ("x86-64-v4", "Skylake-Server-noTSX-IBRS", "Intel", "Skylake-Server-noTSX-IBRS"), ("x86-64-v3", "EPYC-Rome", "AMD", "EPYC-IBPB"),
        ("x86-64-v2", "Westmere", "Intel", "Nehalem"), ("x86-64-v2", "IvyBridge-IBRS", "Intel", "Nehalem-IBRS"),
    ])
    func smallest(_ target: String, model: String, vendor: String, expected: String) throws {
        #expect(try result(target, [host("hv", model, vendor)]).model == expected)
    }

    @Test("All hosts start the model: the weakest decides")
    func several() throws {
        let old = host("old", "Westmere"), new = host("new", "Cascadelake-Server")
        #expect(try result("x86-64-v2", [new, old]).model == "Nehalem")
        let (model, messages) = try result("x86-64-v3", [new, old])
        #expect(model == nil)
        #expect(messages.contains { $0.contains("no model with x86-64-v3 starts on all of new, old: old refuses the nearest, Haswell-noTSX: ") }, "\(messages)")
    }

    @Test("Hosts of different vendors can have a level in common")
    func vendors() throws {
        #expect(try result("x86-64-v2", [host("i", "Skylake-Server-IBRS"), host("a", "EPYC-Rome", "AMD")]).model?.hasPrefix("Nehalem") == true)
    }

    @Test("The level is that of QEMU's model on the guest's machine type: Haswell lacks abm on an old one")
    func machine() throws {
        let hosts = [host("hv", "Haswell-noTSX")]
        #expect(try result("x86-64-v3", hosts, machine: "pc-q35-2.5").model == "Haswell-noTSX")
        #expect(try result("x86-64-v3", hosts, machine: "pc-q35-2.4").model == nil)
    }

    @Test("Without hosts the target cannot be applied, and an emulated guest gets maximum instead")
    func others() throws {
        #expect(try result("x86-64-v3", []).model == nil)
        let emulated = try judge(
            domain("<cpu mode='host-model'/>", type: "qemu"), policy: "default: x86-64-v3", purpose: .rewrite,
            hosts: [host("hv", "EPYC", "AMD")])
        #expect(emulated.output.contains("<cpu mode='maximum'"))
    }

    @Test(
        "On each machine in libvirt's tests, the model that is chosen has the level, and the machine's libvirt starts it",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func machines() throws {
        let directory = "\(Corpus.libvirt!)/tests/domaincapsdata"
        let files = Corpus.xmlFiles(in: directory).filter { $0.contains("x86_64") && $0.contains("qemu_") && !$0.contains("tcg") }
        #expect(files.count > 10)
        let knowledge = CPUKnowledge()
        for file in files {
            let host = try HostFiles.read([(file, Corpus.read(file))])[0]
            let check = StartCheck(hosts: [host], knowledge: knowledge)
            for level in ISALevel.allCases.dropFirst() {
                guard let model = try result("\(level)", [host]).model else { continue }
                #expect(try #require(knowledge.level(ofModel: model)) >= level, "\(file)")
                let question = StartQuestion(
                    cpu: CPUDefinition(kind: .guest, model: model, fallback: .forbid),
                    platform: DomainPlatform(architecture: "x86_64", virtType: "kvm", machine: "pc-q35-9.0"))
                #expect(check.verdict(on: question, host: 0).answer == .starts, "\(model) on \(file)")
            }
        }
    }
}
