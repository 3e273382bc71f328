import Corpus
import CPUModel
import DomainXML
import Hosts
import Lint
import Testing

@Suite("Will this host start this guest?")
struct StartCheckTests {
    static let machines: [String] = {
        guard let libvirt = Corpus.libvirt else { return [] }
        return Corpus.xmlFiles(in: "\(libvirt)/tests/cputestdata").filter { $0.hasSuffix("-json.xml") && $0.contains("x86_64-cpuid-") }
            .map { String($0.dropLast("-json.xml".count)) }
    }()

    static func host(_ path: String) throws -> Host { try HostFiles.read([(path, Corpus.read(path))])[0] }

    /// libvirt's host-model of a machine, as it stands in a guest that was started with it.
    static func hostModel(of machine: String) throws -> CPUDefinition {
        let text = String(decoding: Corpus.read("\(machine)-json.xml"), as: UTF8.self)
        let marked = text.replacing("</model>", with: "</model><arch>x86_64</arch>")
        var cpu = try #require(try HostFiles.read([(machine, Array(marked.utf8))])[0].cpu)
        cpu.architecture = nil
        return cpu
    }

    static let kvm = DomainPlatform(architecture: "x86_64", virtType: "kvm")

    static func verdict(_ cpu: CPUDefinition, on host: Host, platform: DomainPlatform = kvm) -> HostVerdict {
        StartCheck(hosts: [host]).verdict(on: StartQuestion(cpu: cpu, check: .partial, platform: platform), host: 0)
    }

    static func guest(_ model: String?, _ features: [CPUDefinition.Feature] = [], mode: CPUDefinition.Mode = .custom) -> CPUDefinition {
        CPUDefinition(kind: .guest, mode: mode, model: model, features: features)
    }

    // MARK: libvirt's machines

    /// These two dumps are older than leaf 0xd's subleaf 1, which QEMU saw on the machine: a doubt that is said, and no
    /// more than a doubt.
    static let olderDumps = ["Core-i5-4670T", "Core-i7-3740QM"]

    @Test("libvirt's own host-model starts on its machine, though the plain comparison says incompatible", arguments: machines)
    func ownHostModel(_ machine: String) throws {
        let cpu = try Self.hostModel(of: machine)
        for file in ["\(machine)-host.xml", "\(machine).xml"] {
            var host = try Self.host(file)
            guard case .incompatible = try CPUMap.builtIn.compare(cpu, on: try #require(host.cpu)) else {
                Issue.record("\(file): the plain comparison lets it pass")
                continue
            }
            let alone = Self.verdict(cpu, on: host)
            #expect(!alone.isCertain)
            if Self.olderDumps.contains(where: machine.hasSuffix) {
                #expect(alone.answer == .refuses && alone.features == ["xsaveopt"], "\(file): \(alone)")
            } else {
                #expect(alone.answer == .starts, "\(file): \(alone)")
            }
            // With what the hypervisor says, on every machine, and for certain.
            host.domainCapabilities = [DomainCapabilities(platform: Self.kvm, modes: [.custom: true], hostModel: cpu)]
            #expect(Self.verdict(cpu, on: host) == HostVerdict(host: host.name, answer: .starts, isCertain: true))
        }
    }

    @Test("There are 34 such machines, and another's host-model does not start everywhere", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func others() throws {
        #expect(Self.machines.count == 34)
        var refused = 0
        let hosts = try Self.machines.map { try Self.host("\($0)-host.xml") }
        for machine in Self.machines {
            let cpu = try Self.hostModel(of: machine)
            refused += hosts.filter { Self.verdict(cpu, on: $0).answer == .refuses }.count
        }
        // Of 34 × 34; a judge that lets everything pass shows here.
        #expect(refused > 600, "\(refused)")
    }

    // MARK: Domain capabilities

    static let domainCapabilities = Corpus.libvirt.map {
        Corpus.xmlFiles(in: "\($0)/tests/domaincapsdata").filter { $0.contains("x86_64") && !$0.contains("tcg") }
    } ?? []

    @Test("A usable model starts, one that the map does not compare is refused by its blockers", arguments: domainCapabilities)
    func listedModels(_ path: String) throws {
        let host = try Self.host(path)
        let known = try #require(host.domainCapabilities.first)
        let x86 = CPUMap.builtIn.x86
        // The files are libvirt 11.3's words on these QEMUs.
        let check = StartCheck(hosts: [host], libvirt: LibvirtVersion(major: 11, minor: 3))
        for listed in known.models {
            let question = StartQuestion(cpu: Self.guest(listed.name), platform: known.platform)
            let verdict = check.verdict(on: question, host: 0)
            guard let model = x86.model(named: listed.name) else {
                #expect(verdict.answer == .unknown || listed.usability == .yes)
                continue
            }
            switch listed.usability {
            case .yes: #expect(verdict.answer == .starts && verdict.isCertain)
            case .no where !model.comparesByMap && !known.withholdsBlockers:
                #expect(verdict.answer == .refuses && verdict.isCertain)
                #expect(Set(verdict.features) == Set(listed.blockers))
                // Without what blocks it, it starts.
                let disabled = listed.blockers.map { CPUDefinition.Feature($0, .disable) }
                let cut = StartQuestion(cpu: Self.guest(listed.name, disabled), platform: known.platform)
                #expect(check.verdict(on: cut, host: 0).answer == .starts)
            default: #expect(verdict.isCertain && verdict.answer != .unknown)
            }
            if verdict.answer == .refuses, let remedy = check.remedy(for: question, host: 0) {
                #expect(!remedy.disable.isEmpty || remedy.model != nil)
                if let other = remedy.model {
                    var changed = question
                    changed.cpu.model = other
                    #expect(check.verdict(on: changed, host: 0).answer == .starts)
                }
            }
        }
        if let hostModel = known.hostModel {
            #expect(Self.verdict(hostModel, on: host).answer == .starts)
        }
    }

    static let tsxOff: Host = {
        // Capabilities and domain capabilities of one host.
        let documents = Rule.named("host-incompatible")!.examples.first { $0.hosts.count == 2 }!.hosts
        return try! HostFiles.read(documents.map { ($0.file, Array($0.xml.utf8)) })[0]
    }()

    @Test("Each step", arguments: [
        ("Haswell", [], "refuses hle rtm"), ("Haswell-noTSX", [], "starts"), ("Haswell-v1", [], "refuses hle rtm"),
        ("Haswell-v1", ["-hle", "-rtm"], "starts"), ("Haswell-v1", ["-hle"], "refuses rtm"),
        ("Haswell-v1", ["-hle", "-rtm", "+avx512f"], "refuses avx512f"), ("Haswell", ["-hle", "-rtm"], "starts"),
        ("Haswell-noTSX", ["+abm"], "starts"), ("Haswell-noTSX", ["+rtm"], "refuses rtm"),
        ("Haswell-noTSX", ["!f16c"], "refuses f16c"), ("Haswell-noTSX", ["!rtm"], "starts"), ("Haswell-v1", ["-hle", "-rtm", "!f16c"], "refuses f16c"),
        ("Haswell-noTSX", ["?rtm"], "starts"), ("Haswell", ["*hle", "*rtm"], "starts"),
        // Not listed: compared by the map.
        ("Westmere", [], "starts"), ("EPYC", [], "refuses"), ("Nehalem-v1", [], "starts"),
        ("no-such", [], "unknown"), ("Haswell-noTSX", ["+no-such"], "unknown"),
    ])
    func steps(_ model: String, _ features: [String], expected: String) {
        let policies: [Character: CPUDefinition.Policy] = [
            "+": .require, "-": .disable, "!": .forbid, "?": .optional, "*": .force,
        ]
        let cpu = Self.guest(model, features.map { CPUDefinition.Feature(String($0.dropFirst()), policies[$0.first!]!) })
        let verdict = Self.verdict(cpu, on: Self.tsxOff)
        #expect("\(verdict.answer) \(verdict.features.joined(separator: " "))".hasPrefix(expected), "\(verdict)")
        #expect(verdict.isCertain == (expected != "unknown"))
    }

    @Test("Modes, checks and what asks for nothing")
    func modes() {
        let check = StartCheck(hosts: [Self.tsxOff])
        func answer(_ cpu: CPUDefinition, _ word: CPU.Check? = nil, _ type: String = "kvm", _ arch: String = "x86_64") -> HostVerdict.Answer {
            let platform = DomainPlatform(architecture: arch, virtType: type)
            return check.verdict(on: StartQuestion(cpu: cpu, check: word, platform: platform), host: 0).answer
        }
        let haswell = Self.guest("Haswell")
        #expect(answer(haswell) == .refuses && answer(haswell, .full) == .refuses)
        #expect(answer(haswell, Optional.some(.none)) == .starts)
        // Emulated guests are not compared by default, and nothing is known of what this host emulates.
        #expect(answer(haswell, nil, "qemu") == .starts)
        #expect(answer(haswell, .partial, "qemu") == .unknown)
        #expect(answer(Self.guest(nil)) == .starts)
        #expect(answer(Self.guest(nil, mode: .hostPassthrough)) == .starts)
        #expect(answer(Self.guest(nil, mode: .maximum)) == .refuses)
        #expect(answer(Self.guest(nil, mode: .hostModel)) == .starts)
        #expect(answer(Self.guest(nil, [.init("rtm")], mode: .hostModel)) == .refuses)
        #expect(answer(haswell, nil, "kvm", "aarch64") == .refuses)
        // Another platform's domain capabilities are not its own.
        #expect(answer(Self.guest("Penryn"), nil, "kvm", "i686") == .starts)
    }

    @Test("libvirt before 10.2 compares usable models too")
    func old() throws {
        // Usable, and yet the map's qemu64 has svm, which no Intel processor has: known for years.
        let capabilities = DomainCapabilities(
            platform: Self.kvm, hostModel: Self.tsxOff.domainCapabilities[0].hostModel,
            models: [.init(name: "qemu64", usability: .yes)])
        let host = Host(name: "h", cpu: Self.tsxOff.cpu, domainCapabilities: [capabilities])
        let question = StartQuestion(cpu: Self.guest("qemu64"), platform: Self.kvm)
        let new = StartCheck(hosts: [host], libvirt: LibvirtVersion(major: 10, minor: 2)).verdict(on: question, host: 0)
        #expect(new.answer == .starts)
        let old = StartCheck(hosts: [host], libvirt: LibvirtVersion(major: 9, minor: 0)).verdict(on: question, host: 0)
        #expect(old.answer == .refuses && old.features == ["svm"])
    }

    @Test("The help names the smallest change, which has been judged")
    func remedies() {
        let check = StartCheck(hosts: [Self.tsxOff])
        func remedy(_ cpu: CPUDefinition) -> String? {
            check.remedy(for: StartQuestion(cpu: cpu, platform: Self.kvm), host: 0)?.description
        }
        #expect(remedy(Self.guest("Haswell")) == "use Haswell-noTSX, or disable hle, rtm")
        #expect(remedy(Self.guest("Haswell-noTSX", [.init("avx512f")])) == "disable avx512f")
        #expect(remedy(Self.guest("Haswell-noTSX")) == nil)
        #expect(remedy(Self.guest("Broadwell-noTSX"))?.hasPrefix("use Haswell-noTSX") == true, "\(remedy(Self.guest("Broadwell-noTSX")) ?? "")")
        var amd = Self.guest("Haswell-noTSX", [.init("abm")])
        amd.vendor = "AMD"
        #expect(remedy(amd) == "remove <vendor>")
        amd.model = "Haswell"
        #expect(remedy(amd) == "use Haswell-noTSX, or disable hle, rtm and remove <vendor>" || remedy(amd)?.contains("remove <vendor>") == true)
    }

    @Test("Other architectures are judged by the hypervisor's word alone", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func otherArchitectures() throws {
        let host = try Self.host("\(Corpus.libvirt!)/tests/domaincapsdata/qemu_8.2.0.s390x.xml")
        let known = host.domainCapabilities[0]
        var refused = 0
        for model in known.models {
            let verdict = Self.verdict(Self.guest(model.name), on: host, platform: known.platform)
            #expect(verdict.answer == (model.usability == .yes ? .starts : .refuses), "\(model)")
            refused += verdict.answer == .refuses ? 1 : 0
        }
        #expect(refused == known.models.filter { $0.usability == .no }.count && refused > 20)
        #expect(Self.verdict(Self.guest("no-such"), on: host, platform: known.platform).answer == .unknown)
        let power = Host(name: "p", cpu: CPUDefinition(kind: .host, architecture: "ppc64le", model: "POWER8", vendor: "IBM"))
        let platform = DomainPlatform(architecture: "ppc64le", virtType: "kvm")
        #expect(Self.verdict(Self.guest("POWER8"), on: power, platform: platform).answer == .starts)
        #expect(Self.verdict(Self.guest("POWER9"), on: power, platform: platform).answer == .refuses)
    }
}

@Suite("host-incompatible and its kin")
struct HostRuleTests {
    static func findings(_ cpu: String, type: String = "kvm", hosts: [Host] = [StartCheckTests.tsxOff], policy: String = "default: keep") throws -> [Finding] {
        try judge(domain(cpu, type: type), policy: policy, hosts: hosts).findings
    }

    @Test("Certain with domain capabilities, a warning without")
    func severity() throws {
        let cpu = "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model></cpu>"
        let certain = try #require(try Self.findings(cpu).first { $0.rule == "host-incompatible" })
        #expect(certain.severity == .error && certain.host == "hv01")
        #expect(certain.message == "host hv01 would not start it: the host lacks required features: hle, rtm")
        #expect(certain.help == "use Haswell-noTSX, or disable hle, rtm")
        let alone = Host(name: "hv02", cpu: StartCheckTests.tsxOff.cpu)
        let doubtful = try #require(try Self.findings(cpu, hosts: [alone]).first { $0.rule == "host-incompatible" })
        #expect(doubtful.severity == .warning && doubtful.message.hasPrefix("host hv02 may not start it"))
        #expect(doubtful.notes == ["only the hypervisor knows: give its virsh domcapabilities too"])
        // One finding a host.
        #expect(try Self.findings(cpu, hosts: [alone, StartCheckTests.tsxOff]).filter { $0.rule == "host-incompatible" }.map(\.host) == ["hv02", "hv01"])
        #expect(try Self.findings(cpu, hosts: []).allSatisfy { $0.rule != "host-incompatible" })
    }

    @Test("A feature that the guest asks for itself is pointed at")
    func place() throws {
        let cpu = "<cpu mode='custom' match='exact'><model>Haswell-noTSX</model><feature policy='require' name='rtm'/></cpu>"
        let finding = try #require(try Self.findings(cpu).first { $0.rule == "host-incompatible" })
        #expect(finding.sourceLine.dropFirst(finding.start.column - 1).hasPrefix("<feature"))
        #expect(finding.help == "disable rtm")
    }

    @Test("What does not start is not also called unusable")
    func once() throws {
        let refused = try Self.findings("<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model></cpu>")
        #expect(!refused.contains { $0.rule == "model-not-usable" })
        let unchecked = try Self.findings("<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>Haswell</model></cpu>")
        #expect(!unchecked.contains { $0.rule == "host-incompatible" })
        #expect(unchecked.first { $0.rule == "model-not-usable" }?.message == "the hypervisor of host hv01 calls Haswell unusable: it cannot give hle, rtm")
        // The map's Opteron_G2 has svm too, but a guest that goes without svm has all that is asked.
        let without = try Self.findings("<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>Opteron_G2</model><feature policy='disable' name='svm'/></cpu>")
        #expect(!without.contains { $0.rule == "model-not-usable" })
    }
}
