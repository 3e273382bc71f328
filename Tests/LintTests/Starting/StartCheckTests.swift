import CPUModel
import DomainXML
import Hosts
import Lint
import TestSupport
import Testing

@Suite("Whether a host starts a guest")
struct StartCheckTests {
    static let machines: [String] = {
        guard let libvirt = Corpus.libvirt else { return [] }
        return Corpus.xmlFiles(in: "\(libvirt)/tests/cputestdata").filter { $0.hasSuffix("-json.xml") && $0.contains("x86_64-cpuid-") }
            .map { String($0.dropLast("-json.xml".count)) }
    }()

    static func host(_ path: String) throws -> Host { try HostFiles.read([(path, Corpus.read(path))])[0] }

    /// The host-model that libvirt wrote into a guest that was started on a machine.
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

    /// The dumps of these two machines lack subleaf 1 of leaf 0xd, which QEMU saw. So the verdict from the dump is an uncertain
    /// refusal.
    static let olderDumps = ["Core-i5-4670T", "Core-i7-3740QM"]

    @Test("The host-model of a machine starts on it, although the plain comparison fails", arguments: machines)
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
            // With domain capabilities, it starts on every machine, and that is certain.
            host.domainCapabilities = [DomainCapabilities(platform: Self.kvm, modes: [.custom: true], hostModel: cpu)]
            #expect(Self.verdict(cpu, on: host) == HostVerdict(host: host.name, answer: .starts, isCertain: true))
        }
    }

    @Test("The host-model of a machine does not start on most of the 34 machines", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func others() throws {
        #expect(Self.machines.count == 34)
        var refused = 0
        let hosts = try Self.machines.map { try Self.host("\($0)-host.xml") }
        for machine in Self.machines {
            let cpu = try Self.hostModel(of: machine)
            refused += hosts.filter { Self.verdict(cpu, on: $0).answer == .refuses }.count
        }
        // Of 34 × 34 verdicts. A check that accepts everything would fail here.
        #expect(refused > 600, "\(refused)")
    }

    // MARK: Domain capabilities

    static let domainCapabilities = Corpus.libvirt.map {
        Corpus.xmlFiles(in: "\($0)/tests/domaincapsdata").filter { $0.contains("x86_64") && !$0.contains("tcg") }
    } ?? []

    @Test("A usable model starts, and one with blockers is refused because of them", arguments: domainCapabilities)
    func listedModels(_ path: String) throws {
        let host = try Self.host(path)
        let known = try #require(host.domainCapabilities.first)
        let x86 = CPUMap.builtIn.x86
        // The files were written by libvirt 11.3.
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
                // Without its blockers, the model starts.
                let disabled = listed.blockers.map { CPUDefinition.Feature($0, .disable) }
                let cut = StartQuestion(cpu: Self.guest(listed.name, disabled), platform: known.platform)
                #expect(check.verdict(on: cut, host: 0).answer == .starts)
            // By the map, only what the processor shows besides could still help.
            default: #expect(verdict.answer == .refuses || verdict.answer == .starts && verdict.isCertain)
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
        let documents = Rule.named("host-incompatible")!.examples.first { $0.hosts.count == 2 }!.hosts
        return try! HostFiles.read(documents.map { ($0.file, Array($0.xml.utf8)) })[0]
    }()

    @Test("Each step of the check", arguments: [
        ("Haswell", [], "refuses hle rtm"), ("Haswell-noTSX", [], "starts"), ("Haswell-v1", [], "refuses hle rtm"),
        ("Haswell-v1", ["-hle", "-rtm"], "starts"), ("Haswell-v1", ["-hle"], "refuses rtm"),
        ("Haswell-v1", ["-hle", "-rtm", "+avx512f"], "refuses avx512f"), ("Haswell", ["-hle", "-rtm"], "starts"),
        ("Haswell-noTSX", ["+abm"], "starts"), ("Haswell-noTSX", ["+rtm"], "refuses rtm"),
        ("Haswell-noTSX", ["!f16c"], "refuses f16c"), ("Haswell-noTSX", ["!rtm"], "starts"), ("Haswell-v1", ["-hle", "-rtm", "!f16c"], "refuses f16c"),
        ("Haswell-noTSX", ["?rtm"], "starts"), ("Haswell", ["*hle", "*rtm"], "starts"),
        // Models that the hypervisor does not list are compared by the CPU map.
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

    @Test("Modes, values of check, and CPUs that request nothing")
    func modes() {
        let check = StartCheck(hosts: [Self.tsxOff])
        func answer(_ cpu: CPUDefinition, _ word: CPU.Check? = nil, _ type: String = "kvm", _ arch: String = "x86_64") -> HostVerdict.Answer {
            let platform = DomainPlatform(architecture: arch, virtType: type)
            return check.verdict(on: StartQuestion(cpu: cpu, check: word, platform: platform), host: 0).answer
        }
        let haswell = Self.guest("Haswell")
        #expect(answer(haswell) == .refuses && answer(haswell, .full) == .refuses)
        #expect(answer(haswell, Optional.some(.none)) == .starts)
        // By default, emulated guests are not compared. What the host can emulate is not known.
        #expect(answer(haswell, nil, "qemu") == .starts)
        #expect(answer(haswell, .partial, "qemu") == .unknown)
        #expect(answer(Self.guest(nil)) == .starts)
        #expect(answer(Self.guest(nil, mode: .hostPassthrough)) == .starts)
        #expect(answer(Self.guest(nil, mode: .maximum)) == .refuses)
        #expect(answer(Self.guest(nil, mode: .hostModel)) == .starts)
        #expect(answer(Self.guest(nil, [.init("rtm")], mode: .hostModel)) == .refuses)
        #expect(answer(haswell, nil, "kvm", "aarch64") == .refuses)
        // Domain capabilities of another platform do not count.
        #expect(answer(Self.guest("Penryn"), nil, "kvm", "i686") == .starts)
    }

    @Test("libvirt before 10.2 compares usable models too")
    func old() throws {
        // qemu64 is usable on Intel processors, although the CPU map gives it svm, which they lack.
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

    @Test("The remedy is the smallest change with which the host starts the guest")
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
        #expect(remedy(amd)?.hasPrefix("remove <vendor>, and ") == true)
        #expect(HostRemedy(disable: ["hle", "rtm"], model: "Haswell-noTSX", removesVendor: true).description
            == "remove <vendor>, and either use Haswell-noTSX or disable hle, rtm")
        #expect(HostRemedy(disable: ["hle", "rtm"], model: "Haswell-noTSX").description
            == "use Haswell-noTSX, or disable hle, rtm")
    }

    @Test("On other architectures, what the hypervisor lists decides", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
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
