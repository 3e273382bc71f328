import CPUModel
import DomainXML
import Hosts
import TestSupport
import Testing

@testable import Lint

@Suite("Findings about many hosts")
struct HostGroupTests {
    private static let haswell = "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model></cpu>"

    @Test("A thousand equal hosts make one finding, which names all of them; the message names the first")
    func equal() throws {
        var hosts = (0..<1000).map { number in
            var host = StartCheckTests.tsxOff
            host.name = "hv\(number)"
            return host
        }
        hosts[500] = Host(name: "good", cpu: CPUDefinition(kind: .host, architecture: "x86_64", model: "Haswell", vendor: "Intel"))
        let found = try judge(domain(Self.haswell), hosts: hosts).findings.filter { $0.rule == "host-incompatible" }
        let finding = try #require(found.first)
        #expect(found.count == 1)
        #expect(finding.hosts == hosts.map(\.name).filter { $0 != "good" })
        #expect(finding.message == "hosts hv0, hv1, hv2, hv3, hv4, hv5 and 993 more would not start the guest: the hosts lack required features: hle, rtm")
        #expect(StartCheck(hosts: hosts).distinct == [0, 500])
    }

    @Test("No host is lost where more than a hundred hosts refuse a guest, each for reasons of its own")
    func unlike() throws {
        let names = ["avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl", "clwb", "pku"]
        let hosts = (0..<127).map { number in
            let own = names.indices.filter { number & (1 << $0) != 0 }.map { CPUDefinition.Feature(names[$0]) }
            return Host(name: "hv\(number)", cpu: CPUDefinition(kind: .host, architecture: "x86_64", model: "Haswell", vendor: "Intel", features: own))
        }
        let asked = names.map { "<feature policy='require' name='\($0)'/>" }.joined()
        let cpu = "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model>\(asked)</cpu>"
        // A running guest gets no advice, which takes long to find here.
        let found = try judge("<domstatus>\(domain(cpu))</domstatus>", hosts: hosts).findings.filter { $0.rule == "host-incompatible" }
        #expect(found.count == Inspection.limit + 1)
        #expect(Set(found.flatMap(\.hosts)) == Set(hosts.map(\.name)))
        #expect(found.last?.message == "omitted: 27 more of this kind in this domain, about hosts hv100, hv101, hv102, hv103, hv104, hv105 and 21 more")
    }

    @Test("Rules about a hypervisor or a processor name hosts with one answer in one finding", arguments: [
        ("model-not-usable", "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>Haswell</model></cpu>",
         "the hypervisors on hosts a, b, c report Haswell as unusable: missing hle, rtm"),
        ("cross-vendor-model", "<cpu mode='custom' match='exact'><model fallback='forbid'>Opteron_G1</model></cpu>",
         "Opteron_G1 is a model of vendor AMD, but hosts a, b, c have vendor Intel"),
        ("invalid-cpu", "<cpu mode='host-model'><maxphysaddr mode='emulate' bits='52'/></cpu>",
         "52 physical address bits are more than the 39 that the processors of a, b, c have"),
    ])
    func rules(_ rule: String, cpu: String, message: String) throws {
        let hosts = ["a", "b", "c"].map { name in
            var host = StartCheckTests.tsxOff
            host.name = name
            host.physicalAddressBits = 39
            return host
        }
        let found = try judge(domain(cpu), hosts: hosts).findings.filter { $0.rule == rule }
        #expect(found.map(\.message) == [message])
        #expect(found.first?.hosts == ["a", "b", "c"])
    }

    @Test("A guest gets the answer for its own machine, whichever guest asked first")
    func machines() throws {
        let check = StartCheck(hosts: [StartCheckTests.tsxOff])
        var asked: [String?] = []
        for machine in ["pc-q35-4.0", "pc-q35-9.2"] {
            try readDocuments(Array(domain(Self.haswell, machine: machine).utf8)) { document in
                asked += document.domains.map { check.answer(for: Guest($0, in: document))?.question.platform.machine }
            }
        }
        #expect(asked == ["pc-q35-4.0", "pc-q35-9.2"])
    }

    // MARK: Order and parts

    /// What is said of each of some definitions, by name.
    private static func said(_ definitions: [String], by judge: Judge) throws -> [String: [String]] {
        let stream = JudgedStream(judge)
        let reader = DomainReader(handler: stream)
        try Array(definitions.joined(separator: "\n").utf8).withUnsafeBytes { try reader.feed($0) }
        try reader.finish()
        return Dictionary(grouping: stream.findings) { $0.domainName ?? "" }.mapValues { findings in
            findings.map { "\($0.severity) \($0.rule) \($0.message) \($0.notes) \($0.help ?? "") \($0.hosts)" }
        }
    }

    @Test("The same definitions have the same findings in any order and in any parts", arguments: ["keep", "host-model-only", "baseline"])
    func parts(_ target: String) throws {
        let cpus = [
            "", "<cpu mode='host-model'/>", "<cpu mode='host-passthrough'/>", "<cpu mode='maximum'/>", Self.haswell,
            "<cpu mode='custom' match='exact'><model fallback='allow'>Skylake-Server-IBRS</model><feature policy='require' name='mpx'/></cpu>",
            "<cpu mode='custom' match='exact' check='none'><model fallback='allow'>EPYC-Rome</model></cpu>",
            "<cpu mode='custom' match='minimum'><model>Westmere</model></cpu>", "<cpu mode='custom' check='full'><model>Haswell-noTSX</model></cpu>",
        ]
        var definitions: [String] = []
        for (type, arch, machine) in [
            ("kvm", "x86_64", "pc-i440fx-2.4"), ("kvm", "x86_64", "pc-q35-9.2"), ("kvm", "x86_64", "q35"), ("qemu", "x86_64", "pc-q35-4.0"), ("kvm", "aarch64", "virt"),
        ] {
            for cpu in cpus {
                definitions.append(domain(cpu, type: type, arch: arch, machine: machine).replacing("<name>guest<", with: "<name>g\(definitions.count)<"))
            }
        }
        let hosts = try HostFiles.read(
            Corpus.xmlFiles(in: "\(Corpus.repository)/Examples/hosts").map { ($0, Corpus.read($0)) }) + [StartCheckTests.tsxOff]
        var overrides = Overrides()
        overrides.target = try Target(target)
        func judge() -> Judge { Judge(policy: Policy(), hosts: hosts, overrides: overrides, purpose: .check) }
        let all = try Self.said(definitions, by: judge())
        #expect(all.count > 30)
        #expect(try Self.said(definitions.reversed(), by: judge()) == all)
        var parts: [String: [String]] = [:]
        for definition in definitions { parts.merge(try Self.said([definition], by: judge())) { $0 + $1 } }
        #expect(parts == all)
    }
}
