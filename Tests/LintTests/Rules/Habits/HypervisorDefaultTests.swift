import Hosts
import Lint
import TestSupport
import Testing

@Suite("hypervisor-default")
struct HypervisorDefaultTests {
    private func found(_ cpu: String, type: String = "kvm", arch: String = "x86_64") throws -> [Finding] {
        try judge(ExampleGuest.guest(type: type, arch: arch, machine: "pc-q35-7.2", cpu: cpu).xml).findings
            .filter { $0.rule == "hypervisor-default" }
    }

    @Test(
        "A basic model is reported in every spelling, with the cost",
        arguments: ["qemu64", "kvm64", "qemu64-v1", "kvm64-v1"],
        [
            "<cpu><model>M</model></cpu>", "<cpu mode='custom'><model>M</model></cpu>",
            "<cpu mode='custom' match='exact' check='partial'><model fallback='allow'>M</model></cpu>",
            "<cpu match='strict'><model fallback='forbid'>M</model><topology sockets='1' cores='1' threads='1'/></cpu>",
            "<cpu mode='custom' check='none'><model fallback='forbid'>M</model></cpu>",
            "<cpu mode='custom' match='exact' check='full'><model>M</model><feature policy='require' name='x2apic'/></cpu>",
            "<cpu><model>M</model><feature policy='require' name='aes'/></cpu>",
        ])
    func spellings(model: String, cpu: String) throws {
        let found = try found(cpu.replacing("M<", with: model + "<"))
        #expect(found.map(\.severity) == [.warning])
        #expect(found.allSatisfy { finding in finding.notes.contains { $0.contains("x86-64-v2 do not run") } })
    }

    @Test("With several hosts, help names a CPU that all of them start; host-model would tie the guest to one")
    func helpOnSeveralHosts() throws {
        func help(_ hosts: Host...) throws -> String? {
            try judge(domain(""), hosts: hosts).findings.first { $0.rule == "hypervisor-default" }?.help
        }
        let intel = Host("a", model: "Broadwell-noTSX-IBRS", vendor: "Intel"), newer = Host("b", model: "Skylake-Server-noTSX-IBRS", vendor: "Intel")
        #expect(try help(intel) == "use virt-cpu filter --default host-model, or name a model")
        #expect(try help(intel, newer)?.hasPrefix("nearest CPU that runs on all hosts: Broadwell-noTSX-IBRS") == true)
        let mixed = try #require(try help(intel, Host("c", model: "EPYC-Rome", vendor: "AMD")))
        #expect(mixed.contains(" without <vendor> (--default ") && !mixed.contains("host-model"), "\(mixed)")
    }

    // What libvirt 9.0, 11.3 and 12.9 printed of a running guest without <cpu>: under KVM, and under emulation.
    @Test("What virsh dumpxml prints of a running guest without <cpu> is called the default", arguments: [
        ("kvm", "<feature policy='disable' name='pni'/><feature policy='require' name='x2apic'/>"
            + "<feature policy='require' name='hypervisor'/><feature policy='require' name='lahf_lm'/>"
            + "<feature policy='disable' name='svm'/>"),
        ("qemu", "<feature policy='require' name='hypervisor'/><feature policy='require' name='lahf_lm'/>"),
    ])
    func live(type: String, features: String) throws {
        let cpu = "<cpu mode='custom' match='exact' check='full'><model fallback='forbid'>qemu64</model>\(features)</cpu>"
        #expect(try found(cpu, type: type).map(\.message) == ["the guest has qemu64, which libvirt writes if no CPU is requested"])
    }

    @Test("A model without long mode cannot run a 64-bit system; a 32-bit guest does not need it", arguments: ["qemu32", "kvm32"])
    func narrow(model: String) throws {
        let cpu = "<cpu><model>\(model)</model></cpu>"
        #expect(try found(cpu)[0].message == "\(model) has no 64-bit mode (lm): a 64-bit system does not boot on it")
        let narrow = try found(cpu, arch: "i686")
        #expect(narrow.count == 1 && narrow[0].message.hasPrefix("the guest has only a basic CPU (\(model)): it lacks ssse3"))
        #expect(narrow[0].notes == [], "x86-64-v2 does not concern a 32-bit system")
    }

    @Test("A guest that gets more than the basic model is not reported", arguments: [
        "<cpu match='minimum'><model>kvm64</model></cpu>", "<cpu mode='host-model'><model>kvm64</model></cpu>",
        "<cpu mode='host-passthrough'><model>kvm64</model></cpu>", "<cpu><model>Nehalem</model></cpu>",
        "<cpu><model>qemu64</model>" + ["ssse3", "sse4.1", "sse4.2", "popcnt", "pni", "cx16", "lahf_lm"]
            .map { "<feature policy='require' name='\($0)'/>" }.joined() + "</cpu>",
    ])
    func more(cpu: String) throws { #expect(try found(cpu) == []) }
}
