import CPUModel
import Testing

@testable import Lint

@Suite("Words of QEMU, Proxmox and CPUID")
struct ForeignWordTests {
    private func help(_ rule: String, _ cpu: String, type: String = "kvm") throws -> String? {
        let found = try findings(of: rule, cpu, type: type)
        #expect(found.count == 1 && found.allSatisfy { !$0.message.contains("did you mean") || rule == "unknown-vendor" })
        return found.first?.help
    }

    @Test("A model that is a word of QEMU or Proxmox gets libvirt's way to say it", arguments: [
        ("host", "mode='host-passthrough'"), ("max", "mode='maximum'"), ("host-model", "mode='host-model'"),
        ("x86-64-v2", "Nehalem"), ("x86-64-v2-AES", "Westmere"), ("x86-64-v3", "Haswell-noTSX"),
        ("x86-64-v4", "Skylake-Server-noTSX-IBRS"), ("Haswell,+vmx", "<model>Haswell</model>"),
    ])
    func models(name: String, words: String) throws { #expect(try help("unknown-model", cpu(model: name))?.contains(words) == true) }

    @Test("An emulated guest is not sent to host-passthrough, which it cannot have")
    func emulated() throws { #expect(try help("unknown-model", cpu(model: "host"), type: "qemu")?.contains("mode='maximum'") == true) }

    @Test("The models in the help have the level and no TSX, by QEMU's table", arguments: [
        ("Nehalem", ISALevel.v2.features), ("Westmere", ISALevel.v2.features + ["aes"]), ("Haswell-noTSX", ISALevel.v3.features),
        ("EPYC", ISALevel.v3.features),
        ("Skylake-Server-noTSX-IBRS", ISALevel.v4.features), ("EPYC-Genoa", ISALevel.v4.features),
    ])
    func levels(model: String, features: [String]) throws {
        let map = CPUMap.builtIn
        let seen = try #require(try map.guestVisibleCPU(of: CPUDefinition(kind: .guest, mode: .custom, model: model), under: .kvm, machine: nil))
        #expect(map.x86.featureNames(in: map.x86.bits(ofFeatures: features) - seen.features) == [])
        #expect(!map.x86.bits(ofFeatures: ["rtm"]).isSubset(of: seen.features))
    }

    @Test("A vendor that is CPUID's string gets both meanings", arguments: [
        ("GenuineIntel", "Intel"), ("AuthenticAMD", "AMD"), ("HygonGenuine", "Hygon"),
    ])
    func vendors(string: String, vendor: String) throws {
        let cpu = "<cpu><model>Nehalem</model><vendor>\(string)</vendor></cpu>"
        let help = try #require(try help("unknown-vendor", cpu))
        #expect(help.contains("<vendor>\(vendor)</vendor>") && help.contains("vendor_id='\(string)'"))
    }

    @Test("A property of QEMU's -cpu gets libvirt's element", arguments: [
        ("kvm_pv_unhalt", "<pvspinlock state='on'/>"), ("pmu", "<pmu state='on'/>"), ("host-phys-bits", "<maxphysaddr mode='passthrough'/>"),
        ("l3-cache", "<cache level='3' mode='emulate'/>"), ("hv_relaxed", "<hyperv><relaxed state='on'/></hyperv>"),
        ("+vmx", "<feature policy='require' name='vmx'/>"), ("-vmx", "<feature policy='disable' name='vmx'/>"),
        ("vmx=off", "<feature policy='disable' name='vmx'/>"), ("pmu=off", "<pmu state='off'/>"), ("+kvm_pv_unhalt", "<pvspinlock state='on'/>"),
        ("kvm=off", "<hidden state='on'/>"), ("hv_time", "<timer name='hypervclock' present='yes'/>"), ("hv-relaxed=on", "<relaxed state='on'/>"),
        ("hv_vendor_id", "<vendor_id state='on' value='…'/>"), ("hv-xmm-input", "<xmm_input state='on'/>"), ("hv_passthrough", "<hyperv mode='passthrough'/>"),
        ("hv_spinlocks", "<spinlocks state='on' retries='8191'/>"), ("hv-stimer-direct", "<stimer state='on'><direct state='on'/></stimer>"),
        ("migratable=off", "migratable='off'"), ("l3-cache=off", "leave it out"),
    ])
    func features(name: String, words: String) throws {
        #expect(try help("unknown-feature", cpu(model: "Haswell", "<feature policy='require' name='\(name)'/>"))?.contains(words) == true)
    }

    @Test("A sign before what libvirt does not have either is no advice; a word before a comma keeps its meaning")
    func unknown() throws {
        for name in ["+foobar", "hv-foobar", "foobar=on"] {
            #expect(try help("unknown-feature", cpu(model: "Haswell", "<feature policy='require' name='\(name)'/>")) == nil)
        }
        #expect(try help("unknown-model", cpu(model: "host,migratable=off"))?.contains("mode='host-passthrough'") == true)
        #expect(try help("unknown-model", cpu(model: "x86-64-v3,+pcid"))?.contains("Haswell-noTSX") == true)
    }

    @Test("Names of libvirt are no foreign words")
    func own() {
        let x86 = CPUMap.builtIn.x86
        for feature in x86.features { #expect(ForeignWord.feature(feature.name) { _ in true } == nil) }
        for model in x86.models { #expect(ForeignWord.model(model.name, isEmulated: false) == nil) }
    }
}
