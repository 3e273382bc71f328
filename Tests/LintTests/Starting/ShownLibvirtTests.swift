import CPUModel
import DomainXML
import Hosts
import Testing

@testable import Lint

/// The versions are those in libvirt's docs/formatdomaincaps.rst.
@Suite("The version of a host's libvirt")
struct ShownLibvirtTests {
    static let platform = DomainPlatform(architecture: "x86_64", virtType: "kvm")

    private func capabilities(_ models: DomainCapabilities.Model...) -> DomainCapabilities {
        DomainCapabilities(
            platform: Self.platform, modes: [.custom: true],
            hostModel: CPUDefinition(kind: .guest, model: "Haswell", fallback: .forbid, vendor: "Intel"), models: models)
    }

    @Test("The parts of domain capabilities show the version")
    func evidence() {
        func oldest(_ model: DomainCapabilities.Model) -> String? { capabilities(.init(name: "486"), model).oldestLibvirt?.description }
        #expect(oldest(.init(name: "pentium")) == nil)
        #expect(oldest(.init(name: "pentium", usability: .no)) == nil)
        #expect(oldest(.init(name: "pentium", isDeprecated: true)) == "7.1.0")
        #expect(oldest(.init(name: "pentium", vendor: "AMD")) == "8.9.0")
        #expect(oldest(.init(name: "pentium", usability: .no, vendor: "AMD", blockers: ["svm"])) == "10.9.0")
        #expect(oldest(.init(name: "pentium", canonicalName: "pentium-v1", vendor: "AMD")) == "10.10.0")
    }

    /// The verdict on qemu64, which has svm in the CPU map but not in QEMU, so it is usable on Intel hosts.
    private func verdict(_ more: DomainCapabilities.Model, libvirt: String? = nil) -> HostVerdict {
        let host = Host(
            name: "h", cpu: CPUDefinition(kind: .host, architecture: "x86_64", model: "Haswell", vendor: "Intel"),
            domainCapabilities: [capabilities(.init(name: "qemu64", usability: .yes), more)])
        let question = StartQuestion(
            cpu: CPUDefinition(kind: .guest, model: "qemu64"), check: .partial, platform: Self.platform)
        return StartCheck(hosts: [host], libvirt: libvirt.flatMap { LibvirtVersion($0) }).verdict(on: question, host: 0)
    }

    @Test("A usable model that the CPU map refuses starts since 10.2, is refused before, and is a doubt if the version is not known")
    func usable() {
        let old = DomainCapabilities.Model(name: "pentium", vendor: "AMD")
        let new = DomainCapabilities.Model(name: "pentium", usability: .no, blockers: ["svm"])
        #expect(verdict(new).answer == .starts && verdict(new).isCertain)
        #expect(verdict(new, libvirt: "9.0").answer == .starts, "this host is newer than the oldest")
        #expect(verdict(old, libvirt: "10.2").answer == .starts)
        let refused = verdict(old, libvirt: "10.1")
        #expect(refused.answer == .refuses && refused.isCertain && refused.features == ["svm"])
        let doubt = verdict(old)
        #expect(doubt.answer == .refuses && !doubt.isCertain)
        #expect(doubt.reasons.map(\.description) == [
            "the host lacks required features: svm", "libvirt before 10.2 checks the CPU against its CPU map, although the hypervisor reports the model as usable",
        ])
    }

    @Test("versioned-model finds nothing if the XML of every host shows 10.10")
    func versioned() throws {
        func findings(_ hosts: [Host], policy: String = "default: keep") throws -> [String] {
            try judge(domain("<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-v4</model></cpu>"), policy: policy, hosts: hosts)
                .findings.map(\.rule).filter { $0 == "versioned-model" }
        }
        func host(_ name: String, _ model: DomainCapabilities.Model) -> Host {
            Host(name: name, cpu: nil, domainCapabilities: [capabilities(model)])
        }
        let new = host("new", .init(name: "Haswell-noTSX-IBRS", usability: .yes, canonicalName: "Haswell-v4"))
        let old = host("old", .init(name: "Haswell-noTSX-IBRS", usability: .yes, vendor: "Intel"))
        #expect(try findings([new]) == [])
        #expect(try findings([new, old]) == ["versioned-model"])
        #expect(try findings([]) == ["versioned-model"])
        #expect(try findings([new], policy: "{default: keep, libvirt: '9.0'}") == ["versioned-model"], "the policy's word counts")
    }
}
