import CPUModel
import Hosts
import Lint
import TestSupport
import Testing

/// A Skylake server whose processor lacks MPX, as virtual machines and hosts with new microcode do: libvirt up to 9.0
/// describes it as a Broadwell with further features.
@Suite("Hosts with different releases of libvirt")
struct LibvirtReleaseTests {
    static let platform = DomainPlatform(architecture: "x86_64", virtType: "kvm", machine: "pc-q35-7.2")

    /// - Parameter hasDomainCapabilities: whether the hypervisor's own answer is known too; it calls the model usable.
    static func host(_ name: String = "h", libvirt: String? = nil, hasDomainCapabilities: Bool = false) -> Host {
        let map = CPUMap.builtIn.x86
        let own = map.model(named: "Skylake-Server")!.features - map.model(named: "Broadwell")!.features
        var cpu = CPUDefinition(kind: .host, architecture: "x86_64", model: "Broadwell", vendor: "Intel")
        cpu.features = map.featureNames(in: own).map { .init($0) }
        var host = Host(name: name, cpu: cpu)
        host.libvirt = libvirt.flatMap { LibvirtVersion($0) }
        if hasDomainCapabilities {
            var hostModel = cpu
            hostModel.kind = .guest
            host.domainCapabilities = [
                DomainCapabilities(
                    platform: platform, modes: [.hostModel: true, .custom: true], hostModel: hostModel,
                    models: ["Skylake-Server", "Broadwell", "Haswell", "qemu64"].map { .init(name: $0, usability: .yes) })
            ]
        }
        return host
    }

    private func verdict(on host: Host, _ model: String, features: [CPUDefinition.Feature] = []) -> HostVerdict {
        StartCheck(hosts: [host]).verdict(
            on: StartQuestion(
                cpu: CPUDefinition(kind: .guest, model: model, fallback: .forbid, features: features), check: .partial,
                platform: Self.platform),
            host: 0)
    }

    @Test("libvirt 9.0 demands mpx of Skylake-Server, 11.3 does not", arguments: [false, true])
    func mpx(_ hasDomainCapabilities: Bool) {
        func verdict(_ release: String?) -> HostVerdict {
            self.verdict(on: Self.host(libvirt: release, hasDomainCapabilities: hasDomainCapabilities), "Skylake-Server")
        }
        for release in ["7.0", "8.0", "9.0", "10.1"] {
            #expect(verdict(release).answer == .refuses && verdict(release).features == ["mpx"], "\(release)")
        }
        #expect(verdict("9.0").isCertain == hasDomainCapabilities)
        for release in ["11.3", "12.9", "13.0", nil] { #expect(verdict(release).answer == .starts, "\(release ?? "none")") }
    }

    @Test("A refusal of a model that the hypervisor calls usable says that libvirt's map decides")
    func usableButRefused() throws {
        let cpu = "<cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server</model>"
        func notes(_ features: String, _ hasDomainCapabilities: Bool) throws -> [String] {
            let host = Self.host(libvirt: "9.0", hasDomainCapabilities: hasDomainCapabilities)
            return try judge(domain("\(cpu)\(features)</cpu>"), hosts: [host]).findings.first { $0.rule == "host-incompatible" }?.notes ?? []
        }
        let note = "the hypervisor reports Skylake-Server as usable, but libvirt 9.0.0 compares it by its own CPU map, which gives the model mpx"
        #expect(try notes("", true).contains(note))
        #expect(try !notes("", false).contains(note), "no hypervisor says anything")
        #expect(try !notes("<feature policy='require' name='mpx'/>", true).contains(note), "the guest requires it itself")
    }

    @Test("Since 10.2, libvirt trusts the hypervisor about a usable model and does not compare it")
    func trusted() {
        #expect(verdict(on: Self.host(libvirt: "10.2", hasDomainCapabilities: true), "Skylake-Server").answer == .starts)
        #expect(verdict(on: Self.host(libvirt: "10.2"), "Skylake-Server").answer == .refuses, "the capabilities alone say nothing of the kind")
    }

    @Test("host-model-only writes a model that the host's libvirt starts", arguments: [nil, "9.0", "11.3"] as [String?])
    func target(_ release: String?) throws {
        let host = Self.host(hasDomainCapabilities: true)
        let policy = "default: host-model-only\n" + (release.map { "libvirt: '\($0)'\n" } ?? "")
        let judged = try judge(domain("<cpu mode='maximum'/>"), policy: policy, purpose: .rewrite, hosts: [host])
        #expect(judged.output.contains("<model fallback='forbid'>\(release == "9.0" ? "Broadwell" : "Skylake-Server")</model>"))
    }

    @Test("With hosts of two releases, only a model that both would start is written")
    func twoReleases() throws {
        let hosts = [
            Self.host("old", libvirt: "9.0", hasDomainCapabilities: true), Self.host("new", libvirt: "12.9", hasDomainCapabilities: true),
        ]
        for hosts in [hosts, hosts.reversed()] {
            for target in ["host-model-only", "baseline"] {
                let judged = try judge(domain("<cpu mode='maximum'/>"), policy: "default: \(target)", purpose: .rewrite, hosts: hosts)
                #expect(judged.output.contains("<model fallback='forbid'>Broadwell</model>"), "\(target)")
                #expect(judged.findings.allSatisfy { $0.rule != "host-incompatible" }, "\(target)")
            }
        }
    }

    @Test("A name that the host's own release lacks is refused; between two known releases it cannot be told")
    func unknownName() {
        let refused = verdict(on: Self.host(libvirt: "9.0"), "EPYC-Turin")
        #expect(refused.answer == .refuses && refused.isCertain)
        #expect(refused.reasons.map(\.description) == ["its libvirt 9.0.0 does not know the CPU model EPYC-Turin"])
        let feature = verdict(on: Self.host(libvirt: "11.3"), "Broadwell", features: [.init("tsa-sq-no", .disable)])
        #expect(feature.reasons.map(\.description) == ["its libvirt 11.3.0 does not know the CPU feature tsa-sq-no"])
        let unknown = verdict(on: Self.host(libvirt: "12.1"), "EPYC-Turin")
        #expect(unknown.answer == .unknown)
        #expect(unknown.reasons.map(\.description) == [
            "libvirt 11.3.0 does not know model EPYC-Turin, and whether 12.1.0 does is not known here"
        ])
    }

    @Test("The rule about newer names: no host, hosts of unknown release, and releases that are stated or shown")
    func needs() throws {
        func found(_ policy: String = "", _ hosts: [Host] = [], cpu: String = Self.turin) throws -> [String] {
            try judge(domain(cpu), policy: "default: keep\n" + policy, hosts: hosts).findings
                .filter { $0.rule == "versioned-model" }.map { "\($0.severity.rawValue) \($0.message)" }
        }
        let message = "the model EPYC-Turin needs a libvirt newer than 11.3.0 on every host"
        #expect(try found() == ["note \(message)"])
        #expect(try found("libvirt: '9.0'") == ["error \(message)"])
        #expect(try found("libvirt: '12.1'") == ["note \(message)"], "12.9 has it, and nobody here knows 12.1")
        #expect(try found("libvirt: '12.9'") == [])
        #expect(try found("", [Self.host()]) == ["note \(message)"])
        #expect(try found("", [Self.host(libvirt: "9.0")]) == [], "host-incompatible reports it")
        #expect(try found("", [Self.host(libvirt: "12.9")]) == [])
        var shown = Self.host(hasDomainCapabilities: true)
        shown.domainCapabilities[0].hostModel!.features.append(.init("tsa-sq-no"))
        #expect(try found("", [shown]) == [], "its libvirt lists a name of the same release")
        #expect(try found("", cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>EPYC-Milan</model></cpu>") == [], "9.0 has it")
    }
    static let turin = "<cpu mode='custom' match='exact'><model fallback='forbid'>EPYC-Turin</model></cpu>"

    @Test("A host of unknown release that an older libvirt would not start the guest on is a note")
    func olderMeaning() throws {
        let cpu = "<cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server</model></cpu>"
        func notes(_ host: Host, _ policy: String = "") throws -> [String] {
            try judge(domain(cpu), policy: "default: keep\n" + policy, hosts: [host]).findings
                .filter { $0.rule == "versioned-model" }.map(\.message)
        }
        let expected = ["libvirt 9.0.0 and older would not start the guest on host h: the host lacks required features: mpx"]
        #expect(try notes(Self.host()) == expected)
        #expect(try notes(Self.host(), "libvirt: '11.3'") == [])
        #expect(try notes(Self.host(libvirt: "9.0")) == [], "host-incompatible reports it")
    }

    @Test("A host that cannot be judged is a finding")
    func notJudged() throws {
        let judged = try judge(domain(Self.turin), policy: "default: keep", hosts: [Self.host(libvirt: "12.1")])
        #expect(judged.findings.contains {
            $0.rule == "host-incompatible" && $0.severity == .warning
                && $0.message.hasPrefix("cannot tell whether host h would start the guest: ")
        })
    }

    @Test("A model that the hypervisor does not list is refused if the guest allows no other")
    func notListed() {
        let host = Self.host(libvirt: "11.3", hasDomainCapabilities: true)
        let question = { (fallback: CPUDefinition.Fallback) in
            StartQuestion(
                cpu: CPUDefinition(kind: .guest, model: "Haswell-noTSX", fallback: fallback), check: .partial, platform: Self.platform)
        }
        let check = StartCheck(hosts: [host])
        let refused = check.verdict(on: question(.forbid), host: 0)
        #expect(refused.answer == .refuses && refused.isCertain)
        #expect(refused.reasons.map(\.description) == [
            "the hypervisor does not list the model Haswell-noTSX, and fallback='forbid' allows no other"
        ])
        #expect(check.verdict(on: question(.allow), host: 0).answer == .starts)
    }
}
