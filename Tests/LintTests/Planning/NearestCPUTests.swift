import CPUModel
import Hosts
import TestSupport
import Testing
import XMLTree

@testable import Lint

/// What `filter` writes for `host-model-only` is what `check` then asks for.
@Suite("The CPU of host-model-only")
struct NearestCPUTests {
    /// The rules that find fault with a model and its features. None of them is about what a definition says besides.
    static let rules = [
        "unsafe-feature", "missing-mitigation", "model-not-usable", "deprecated-model", "versioned-model", "host-incompatible",
        "redundant-feature", "no-effect", "fallback-allow", "hypervisor-default", "cpu-not-default", "invalid-cpu",
        "duplicate-feature", "unknown-model", "unknown-feature", "cross-vendor-model", "check-none",
    ]

    /// Hosts as libvirt's tests have them: the processors alone, the processors with their hypervisors, and hypervisors alone.
    static let hosts: [Host] = {
        guard let libvirt = Corpus.libvirt else { return [] }
        var hosts: [Host] = []
        for file in Corpus.xmlFiles(in: "\(libvirt)/tests/cputestdata") where file.contains("x86_64-cpuid-") && file.hasSuffix("-host.xml") {
            guard var host = try? StartCheckTests.host(file) else { continue }
            hosts.append(host)
            let machine = String(file.dropLast("-host.xml".count))
            guard StartCheckTests.machines.contains(machine), let hostModel = try? StartCheckTests.hostModel(of: machine) else { continue }
            host.domainCapabilities = [DomainCapabilities(platform: StartCheckTests.kvm, modes: [.custom: true], hostModel: hostModel)]
            hosts.append(host)
        }
        for file in Corpus.xmlFiles(in: "\(libvirt)/tests/domaincapsdata") where file.contains("x86_64") {
            hosts += (try? HostFiles.read([(file, Corpus.read(file))])) ?? []
        }
        return hosts
    }()

    static let domains = ["pc-q35-7.2", "pc-q35-10.0", "pc-i440fx-2.4"].map { domain("<cpu mode='maximum'/>", machine: $0) }

    /// The hosts, each alone and with its neighbour in the list. Hosts of different vendors get no model.
    static let groups: [[Host]] = hosts.map { [$0] } + zip(hosts, hosts.dropFirst()).compactMap { $0.name == $1.name ? nil : [$0, $1] }

    @Test(
        "check finds nothing in what filter writes, on each machine of libvirt's tests",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"),
        arguments: ["", ",secure=off"], ["", ", libvirt: '9.0'", ", libvirt: '12.9'"])
    func nothingFound(secure: String, libvirt: String) throws {
        #expect(Self.hosts.count > 80)
        let policy = "{default: 'host-model-only\(secure)'\(libvirt)}"
        var written = 0
        for hosts in Self.groups {
            for xml in Self.domains {
                let judged = try judge(xml, policy: policy, purpose: .rewrite, hosts: hosts)
                if judged.output == xml { continue }
                written += 1
                let found = try judge(judged.output, policy: policy, hosts: hosts).findings.filter { Self.rules.contains($0.rule) }
                #expect(found.isEmpty, "\(hosts.map(\.name)): \(found.map { "\($0.rule): \($0.message)" }) in \(judged.output)")
            }
        }
        #expect(written > 300)
    }

    @Test(
        "The CPU starts on each of its hosts, and has each protection that virt-manager would add",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func startsWithProtections() throws {
        var protected = 0
        for hosts in Self.groups {
            let check = StartCheck(hosts: hosts)
            guard let cpu = try? HostTargets(check).nearestCPU(for: StartCheckTests.kvm) else { continue }
            #expect(cpu.features.allSatisfy { $0.policy == .require || $0.policy == .disable })
            for host in hosts.indices {
                let verdict = check.verdict(on: StartQuestion(cpu: cpu, check: .partial, platform: StartCheckTests.kvm), host: host)
                #expect(verdict.answer == .starts, "\(hosts[host].name): \(verdict)")
            }
            guard hosts.count == 1, let hostModel = hosts[0].domainCapabilities.first?.hostModel,
                let seen = check.visible(cpu, StartCheckTests.kvm)?.features
            else { continue }
            // virt-manager, virtinst/domcapabilities.py: what host-model requires of these. The names are of one vendor each
            // (QEMU, docs/system/cpu-models-x86).
            let names = hosts[0].vendor == "AMD" ? ["ibpb", "virt-ssbd"] : ["spec-ctrl", "ssbd", "md-clear"]
            let required = Set(hostModel.features.filter { $0.policy == .require }.map(\.name))
            for name in names where required.contains(name) {
                // A processor that is not affected needs no control, and the guest sees that it is not.
                let immunity = ["md-clear": "mds-no", "ssbd": "ssb-no", "virt-ssbd": "amd-no-ssb"][name] ?? name
                let isThere = [name, immunity].contains { CPUMap.builtIn.x86.bits(ofFeatures: [$0]).isSubset(of: seen) }
                #expect(isThere, "\(hosts[0].name): \(name)")
                protected += 1
            }
        }
        #expect(protected > 20)
    }

    // MARK: One choice at a time

    private static func cpu(_ hosts: Host..., isSecured: Bool = true, libvirt: String? = nil) throws -> String {
        let policy = "{default: 'host-model-only\(isSecured ? "" : ",secure=off")'\(libvirt.map { ", libvirt: '\($0)'" } ?? "")}"
        let output = try judge(domain("<cpu mode='maximum'/>"), policy: policy, purpose: .rewrite, hosts: hosts).output
        guard let model = output.split(separator: "<model fallback='forbid'>").dropFirst().first?.prefix(while: { $0 != "<" }) else { return output }
        return ([String(model)] + HostTargetsTests.features(in: output)).joined(separator: ", ")
    }

    private static func host(_ model: String, vendor: String = "Intel", signature: CPUSignature? = nil, _ features: String..., listing: [DomainCapabilities.Model] = []) -> Host {
        let cpu = CPUDefinition(
            kind: .host, architecture: "x86_64", model: model, vendor: vendor, signature: signature, features: features.map { .init($0) })
        guard !listing.isEmpty else { return Host(name: "h", cpu: cpu) }
        let hostModel = CPUDefinition(kind: .guest, mode: .hostModel, model: model, vendor: vendor, features: features.map { .init($0) })
        return Host(name: "h", cpu: cpu, domainCapabilities: [DomainCapabilities(platform: StartCheckTests.kvm, hostModel: hostModel, models: listing)])
    }

    @Test("All protections that the host offers are required, and none with secure=off")
    func protections() throws {
        let hv01 = try HostModelOnlyTests.host("hv01")
        #expect(try Self.cpu(hv01) == "Skylake-Server-noTSX-IBRS, require stibp, require ssbd, require md-clear")
        #expect(try Self.cpu(hv01, isSecured: false) == "Skylake-Server-noTSX-IBRS")
        // Only what each host offers.
        #expect(try Self.cpu(Self.host("Haswell-noTSX", "ssbd", "stibp"), Self.host("Haswell-noTSX", "ssbd")) == "Haswell-noTSX, require ssbd")
        // An old model without pcid, on a processor that has it.
        #expect(try Self.cpu(Self.host("Westmere", "pcid")) == "Westmere, require pcid")
        #expect(try Self.cpu(Self.host("EPYC", vendor: "AMD", "ibpb", "amd-ssbd")) == "EPYC-IBPB, require amd-ssbd")
    }

    @Test("TSX is left out: by the model's variant, or by disabling it")
    func withoutTSX() throws {
        #expect(try Self.cpu(Self.host("Haswell-IBRS")) == "Haswell-noTSX-IBRS")
        #expect(try Self.cpu(Self.host("Haswell")) == "Haswell-noTSX")
        #expect(try Self.cpu(Self.host("Broadwell"), isSecured: false) == "Broadwell-noTSX")
        #expect(try Self.cpu(Self.host("Cooperlake"), isSecured: false) == "Cooperlake, disable hle, disable rtm")
        // Skylake has a variant only with spec-ctrl, which this host lacks.
        #expect(try Self.cpu(Self.host("Skylake-Client"), isSecured: false, libvirt: "11.3") == "Skylake-Client, disable hle, disable rtm")
    }

    @Test("rdseed is left out on Zen 5, where an update of the kernel takes it away")
    func zen5() throws {
        let zen5 = Self.host("EPYC-Milan", vendor: "AMD", signature: CPUSignature(family: 26, model: 2, stepping: 1))
        #expect(try Self.cpu(zen5, isSecured: false) == "EPYC-Milan, disable rdseed")
    }

    @Test("A model that the hypervisor calls usable is better, if it has the same level of x86-64")
    func usable() throws {
        func listing(_ usable: [String: Bool]) -> [DomainCapabilities.Model] {
            usable.map { DomainCapabilities.Model(name: $0.key, usability: $0.value ? .yes : .no) }
        }
        let same = Self.host("Broadwell-noTSX", listing: listing(["Broadwell-noTSX": false, "Haswell-noTSX": true]))
        #expect(try Self.cpu(same, isSecured: false) == "Haswell-noTSX")
        // SandyBridge is only x86-64-v2. libvirt's map lacks two features of Broadwell.
        let lower = Self.host("Broadwell-noTSX", "abm", "f16c", listing: listing(["Broadwell-noTSX": false, "SandyBridge": true]))
        #expect(try Self.cpu(lower, isSecured: false) == "Broadwell-noTSX")
    }

    @Test("If an older libvirt could demand a feature of the model that the host lacks, the feature is disabled")
    func olderLibvirt() throws {
        // libvirt 9.0 counts mpx to Skylake-Server and refuses it on a host without mpx; 11.3 does not.
        let host = LibvirtReleaseTests.host()
        #expect(try Self.cpu(host, isSecured: false) == "Skylake-Server, disable hle, disable rtm, disable mpx")
        #expect(try Self.cpu(host, isSecured: false, libvirt: "11.3") == "Skylake-Server, disable hle, disable rtm")
    }
}
