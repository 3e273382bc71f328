import CPUModel
import Hosts
import Testing

@testable import Lint

@Suite("What show says of a guest")
struct GuestDescriptionTests {
    private func description(_ xml: String, map: CPUMap? = nil) throws -> GuestDescription {
        GuestDescription(try #require(try records(xml).first), on: StartCheck(hosts: [], knowledge: CPUKnowledge(map: map)))
    }

    private func value(_ label: String, _ description: GuestDescription) -> String? {
        description.facts.first { $0.label == label }?.value
    }

    @Test("The signature and the features are those of the machine type", arguments: [
        ("pc-i440fx-2.4", "family 6, model 60, stepping 1", false), ("pc-q35-7.2", "family 6, model 60, stepping 4", true),
        ("q35", "family 6, model 60, stepping 4", true),
    ])
    func machine(_ machine: String, signature: String, hasABM: Bool) throws {
        let seen = try description(domain(cpu(model: "Haswell"), machine: machine))
        #expect(value("signature", seen) == signature)
        #expect(seen.features.contains("abm") == hasABM)
    }

    @Test("Numbers are shown as libvirt writes them", arguments: [("03", " 40"), ("+3", "040"), ("3", "40")])
    func numbers(level: String, bits: String) throws {
        let parts = "<cache level='\(level)' mode='emulate'/><maxphysaddr mode='emulate' bits='\(bits)'/>"
        let seen = try description(domain(cpu(model: "Haswell", parts)))
        #expect(value("caches", seen) == "level 3 emulate")
        #expect(value("physical addresses", seen) == "40 bits")
    }

    @Test("ht is there with several cores or threads in a socket", arguments: [
        ("<topology sockets='1' cores='2' threads='1'/>", true), ("<topology sockets='1' cores='1' threads='2'/>", true),
        ("<topology sockets='1' dies='2' cores='1' threads='1'/>", true), ("<topology sockets='2' cores='1' threads='1'/>", false),
        ("", false),
    ])
    func threads(topology: String, hasHT: Bool) throws {
        #expect(try description(domain(cpu(model: "Haswell", topology))).features.contains("ht") == hasHT)
    }

    /// QEMU clears these and says "This feature depends on other features that were not requested".
    @Test("A requested feature that QEMU clears because another one is absent is without effect")
    func orphans() throws {
        let asked = "<feature policy='require' name='sgx1'/><feature policy='require' name='nrip-save'/>"
        let seen = try description(domain(cpu(model: "Haswell", asked)))
        #expect(value("without effect", seen) == "nrip-save (needs svm), sgx1 (needs sgx)")
        #expect(Set(seen.features).isDisjoint(with: ["sgx1", "nrip-save"]))
        let both = try description(domain(cpu(model: "Haswell", asked + "<feature policy='require' name='svm'/>")))
        #expect(value("without effect", both) == "sgx1 (needs sgx)" && both.features.contains("nrip-save"))
    }

    @Test("An emulated guest sees TCG's leaf, except on machine types up to 2.8", arguments: [
        ("qemu", "pc-q35-7.2", "TCG"), ("qemu", "q35", "TCG"), ("qemu", "pc-i440fx-2.8", "hidden"), ("qemu", "pc-i440fx-2.9", "TCG"),
        ("kvm", "pc-q35-7.2", "KVM"),
    ])
    func leaf(type: String, machine: String, words: String) throws {
        #expect(value("hypervisor", try description(domain(cpu(model: "Haswell"), type: type, machine: machine))) == words)
        let asking = try description(domain(cpu(model: "Haswell"), type: type, windows: true, machine: machine))
        #expect(value("hypervisor", asking) == (type == "kvm" ? "KVM and Hyper-V" : words))
        #expect(value("enlightenments", asking) == (type == "kvm" ? "relaxed" : nil))
    }

    @Test("A model that no QEMU has, or a map that QEMU's were not compared with, is said to be all that is known")
    func withoutRecord() throws {
        #expect(value("taken from", try description(domain(cpu(model: "Haswell")))) == nil)
        #expect(value("taken from", try description(domain(cpu(model: "Icelake-Client"))))
            == "libvirt's CPU map alone: no QEMU is known here that has the model")
        let old = CPUMap.builtIn(for: try #require(LibvirtVersion("9.0.0")))
        #expect(value("taken from", try description(domain(cpu(model: "Haswell")), map: old))
            == "libvirt's CPU map alone: how QEMU's models differ from this map is not recorded")
    }
}
