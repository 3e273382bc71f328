import CPUModel
import Hosts
import TestSupport
import Testing
import XMLTree

@testable import Lint

@Suite("The targets pin and baseline")
struct HostTargetsTests {
    /// The policy and the name of each feature of a `<cpu>` in a text.
    static func features(in text: String) -> [String] {
        text.split(separator: "<feature ").dropFirst().map { part in
            func value(_ name: String) -> String {
                let start = part.firstRange(of: "\(name)='")!.upperBound
                return String(part[start...].prefix { $0 != "'" })
            }
            return "\(value("policy")) \(value("name"))"
        }
    }

    @Test(
        "pin turns host-model into that of the domain capabilities, without features that cannot migrate",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func domainCapabilities() throws {
        var compared = 0
        for file in Corpus.xmlFiles(in: "\(Corpus.libvirt!)/tests/domaincapsdata") {
            let root = try XMLElement(parsing: Corpus.read(file))
            guard root.child("arch")?.text == "x86_64", root.child("domain")?.text == "kvm",
                let mode = root.child("cpu")?.children("mode").first(where: { $0["name"] == "host-model" }),
                mode["supported"] == "yes", let model = mode.child("model")?.text
            else { continue }
            let host = try HostFiles.read([(file, Corpus.read(file))])
            let judged = try judge(domain("<cpu mode='host-model'/>"), policy: "default: pin", purpose: .rewrite, hosts: host)
            // QEMU itself says of one feature that it cannot migrate; the map's migratable='no' of xsaves does not count.
            let expected = mode.children("feature").map { "\($0["policy"]!) \($0["name"]!)" }
                .filter { $0 != "require invtsc" }
            #expect(judged.output.contains("<model fallback='forbid'>\(model)</model>"), "\(file)")
            #expect(Self.features(in: judged.output) == expected, "\(file)")
            #expect(!judged.output.contains("maxphysaddr"))
            if let vendor = mode.child("vendor")?.text { #expect(judged.output.contains("<vendor>\(vendor)</vendor>")) }
            compared += 1
        }
        #expect(compared >= 13)
    }

    @Test("The guest's own features are added, and its topology stays")
    func own() throws {
        let host = Host(name: "h", cpu: CPUDefinition(kind: .host, architecture: "x86_64", model: "Haswell", vendor: "Intel", features: [.init("vmx"), .init("invtsc"), .init("monitor")]))
        let cpu = "<cpu mode='host-passthrough' check='none' migratable='on'>\n    <topology sockets='1' cores='1' threads='1'/>\n    <feature policy='disable' name='vmx'/>\n    <feature policy='require' name='ssbd'/>\n  </cpu>"
        let output = try judge(domain(cpu), policy: "default: pin", purpose: .rewrite, hosts: [host]).output
        #expect(output.contains("<cpu mode='custom' match='exact'>\n    <model fallback='forbid'>Haswell</model>\n    <vendor>Intel</vendor>\n    <topology sockets='1' cores='1' threads='1'/>"))
        #expect(Set(Self.features(in: output)) == ["disable vmx", "require ssbd"])
    }

    @Test("An optional feature that keeps a guest from migrating is off in a pinned host-model, as in the live CPU")
    func optional() throws {
        // libvirt 9.0, 11.3 and 12.9 show `disable invtsc` for such a guest on a host that has it.
        let platform = DomainPlatform(architecture: "x86_64", virtType: "kvm")
        let hostModel = CPUDefinition(
            kind: .guest, mode: .hostModel, model: "Haswell", fallback: .forbid, features: [.init("invtsc"), .init("aes")])
        let host = Host(name: "h", cpu: nil, domainCapabilities: [DomainCapabilities(platform: platform, hostModel: hostModel)])
        let cpu = "<cpu mode='host-model'>\n    <feature policy='optional' name='invtsc'/>\n    <feature policy='optional' name='aes'/>\n  </cpu>"
        let output = try judge(domain(cpu), policy: "default: pin", purpose: .rewrite, hosts: [host]).output
        #expect(Set(Self.features(in: output)) == ["disable invtsc", "require aes"])
    }

    @Test("pin keeps a named model, a missing <cpu> and the model of an emulated guest", arguments: [
        ("<cpu mode='custom' match='exact'><model>Haswell</model></cpu>", "kvm"), ("", "kvm"),
        ("<cpu mode='custom'><model>Haswell</model></cpu>", "qemu"),
    ])
    func kept(_ cpu: String, type: String) throws {
        let xml = domain(cpu, type: type, windows: true)
        #expect(try judge(xml, policy: "{default: keep, windows: pin}", purpose: .rewrite).output == xml)
    }

    @Test("A Windows guest with host-model is pinned; one with host-passthrough only if the policy says windows: pin-anyway")
    func windows() throws {
        let host = try HostModelOnlyTests.host("hv01")
        func output(_ mode: String, _ policy: String) throws -> String {
            try judge(domain("<cpu mode='\(mode)'/>", windows: true), policy: policy, purpose: .rewrite, hosts: [host]).output
        }
        #expect(try output("host-model", "default: pin").contains("Skylake-Server-IBRS"))
        #expect(try output("host-passthrough", "default: pin") == domain("<cpu mode='host-passthrough'/>", windows: true))
        #expect(try output("host-model", "{default: keep, windows: pin}").contains("Skylake-Server-IBRS"))
        #expect(try output("host-passthrough", "{default: keep, windows: pin}") == domain("<cpu mode='host-passthrough'/>", windows: true))
        #expect(try output("host-passthrough", "{default: keep, windows: pin-anyway}").contains("Skylake-Server-IBRS"))
    }

    @Test("pin warns if only the processor of the host is known, and not what its hypervisor gives")
    func doubtful() throws {
        let hv01 = try HostModelOnlyTests.host("hv01")
        let platform = DomainPlatform(architecture: "x86_64", virtType: "kvm")
        let hostModel = CPUDefinition(kind: .guest, mode: .hostModel, model: "Haswell", fallback: .forbid, features: [.init("aes")])
        let exact = Host(name: "h", cpu: nil, domainCapabilities: [DomainCapabilities(platform: platform, hostModel: hostModel)])
        for (host, isDoubtful) in [(hv01, true), (exact, false)] {
            for purpose in [Judge.Purpose.check, .rewrite] {
                let found = try judge(domain("<cpu mode='host-model'/>"), policy: "default: pin", purpose: purpose, hosts: [host]).findings
                let finding = try #require(found.first { $0.rule == "cpu-not-default" })
                #expect(finding.notes.contains { $0.hasPrefix("this is made from the processor of host hv01 alone") } == isDoubtful)
                if purpose == .rewrite { #expect(finding.severity == (isDoubtful ? .warning : .note)) }
            }
        }
        let windows = try judge(domain("<cpu mode='host-model'/>"), policy: "default: host-model-only", purpose: .rewrite, hosts: [hv01]).findings
        #expect(windows.first { $0.rule == "cpu-not-default" }?.severity == .note)
    }

    @Test("pin requires one host, baseline takes several; a refusal states the reason")
    func refusals() throws {
        let hosts = [try HostModelOnlyTests.host("hv01"), try HostModelOnlyTests.host("hv02")]
        let pinned = try judge(domain("<cpu mode='host-model'/>"), policy: "default: pin", purpose: .rewrite, hosts: hosts)
        #expect(pinned.findings.contains { $0.message.contains("name only that one with --host (given: hv01, hv02)") })
        let baseline = try judge(domain("<cpu mode='host-model'/>"), policy: "default: baseline", purpose: .rewrite, hosts: hosts).output
        #expect(baseline.contains("Skylake-Server-IBRS"))
        for name in ["invtsc", "xsaves", "monitor", "osxsave", "cmt"] {
            #expect(!baseline.contains("'\(name)'"), "guests never get or migrate with \(name)")
        }
        // Each host has what the baseline requires.
        let cpu = try XMLElement(parsing: Array(baseline.utf8)).child("cpu")!
        for host in hosts {
            if case .incompatible(let reason) = try CPUMap.builtIn.compare(try CPUDefinition(cpu), on: host.cpu!) {
                Issue.record("\(host.name): \(reason)")
            }
        }
    }

    @Test(
        "No machine in libvirt's tests gives guests the features that pin and baseline leave out",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func neverGiven() throws {
        var seen: [String: Int] = [:]
        let map = CPUMap.builtIn.x86
        for machine in StartCheckTests.machines {
            let host = try #require(try StartCheckTests.host("\(machine)-host.xml").cpu)
            let given = try map.host(try StartCheckTests.hostModel(of: machine)).features
            let own = try map.host(host).features
            for name in X86Map.neverGivenByKVM {
                let bits = try #require(map.bits(ofFeature: name), "\(name) is no feature")
                if bits.isSubset(of: own) { seen[name, default: 0] += 1 }
                #expect(!bits.isSubset(of: given), "\(machine) gives \(name)")
            }
        }
        // Several machines have each of the features.
        for name in X86Map.neverGivenByKVM { #expect(seen[name, default: 0] >= 3, "\(name)") }
    }

    @Test("host-model-only is refused if only the hypervisor's default is complete on the host")
    func masked() throws {
        let nested = Host(name: "nested", cpu: CPUDefinition(kind: .host, architecture: "x86_64", model: "kvm64", vendor: "AMD", features: [.init("aes")]))
        let xml = domain("<cpu mode='host-passthrough'/>")
        let judged = try judge(xml, policy: "default: host-model-only", purpose: .rewrite, hosts: [nested])
        #expect(judged.output == xml)
        #expect(judged.findings.contains { $0.message.contains("kvm64, the hypervisor's default") })
    }
}
