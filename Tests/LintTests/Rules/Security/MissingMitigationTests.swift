import Hosts
import Lint
import Testing

@Suite("missing-mitigation")
struct MissingMitigationTests {
    private func found(_ model: String, _ hosts: Host...) throws -> [String] {
        try findings(of: "missing-mitigation", cpu(model: model), hosts: hosts).map(\.message)
    }

    @Test("Only what every host offers is reported as missing")
    func everyHost() throws {
        let one = Host("a", model: "Haswell-noTSX-IBRS", vendor: "Intel", features: ["ssbd", "stibp", "md-clear"])
        let two = Host("b", model: "Haswell-noTSX-IBRS", vendor: "Intel", features: ["ssbd"])
        let none = Host("c", model: "Haswell-noTSX", vendor: "Intel")
        #expect(try found("Haswell-noTSX", one) == ["the host supports spec-ctrl, stibp, ssbd, md-clear, but the guest does not enable them"])
        #expect(try found("Haswell-noTSX", one, two) == ["both hosts support spec-ctrl, ssbd, but the guest does not enable them"])
        #expect(try found("Haswell-noTSX", one, none).isEmpty)
        #expect(try found("Haswell-noTSX").isEmpty)
    }

    @Test("Each vendor has controls of its own")
    func amd() throws {
        let host = Host("e", model: "EPYC-IBPB", vendor: "AMD", features: ["amd-ssbd", "virt-ssbd", "stibp"])
        #expect(try found("EPYC", host) == ["the host supports ibpb, stibp, amd-ssbd, virt-ssbd, but the guest does not enable them"])
    }

    // QEMU, docs/system/cpu-models-x86: virt-ssbd "should also be exposed for maximum guest compatibility as some kernels only
    // know about virt-ssbd".
    @Test("virt-ssbd beside amd-ssbd is for old kernels only: a note")
    func oldKernels() throws {
        let host = Host("v", model: "EPYC-Milan", vendor: "AMD", features: ["virt-ssbd"])
        let found = try findings(of: "missing-mitigation", cpu(model: "EPYC-Milan"), hosts: [host])
        #expect(found.map(\.severity) == [.note] && found[0].message.contains("virt-ssbd"))
        let without = try findings(
            of: "missing-mitigation", cpu(model: "EPYC-Milan", "<feature policy='disable' name='amd-ssbd'/>"), hosts: [host])
        #expect(without.map(\.severity) == [.warning])
    }

    @Test("A control is not needed on a processor that is immune")
    func immune() throws {
        let intel = Host("d", model: "Haswell-noTSX-IBRS", vendor: "Intel", features: ["md-clear", "mds-no"])
        #expect(try found("Haswell-noTSX", intel) == ["the host supports spec-ctrl, but the guest does not enable it"])
        let amd = Host("f", model: "EPYC-IBPB", vendor: "AMD", features: ["amd-ssbd", "virt-ssbd", "amd-no-ssb"])
        #expect(try found("EPYC", amd) == ["the host supports ibpb, but the guest does not enable it"])
    }

    @Test("amd-stibp is a form of stibp, on both vendors")
    func forms() throws {
        let amd = Host("g", model: "EPYC-IBPB", vendor: "AMD", features: ["amd-stibp"])
        #expect(try found("EPYC", amd) == ["the host supports ibpb, amd-stibp, but the guest does not enable them"])
        let rome = Host("h", model: "EPYC-Rome", vendor: "AMD", features: ["stibp"])
        #expect(try found("EPYC-Rome", rome) == [], "EPYC-Rome has amd-stibp")
        let guest = cpu(model: "Haswell-noTSX-IBRS", "<feature policy='require' name='amd-stibp'/>")
        let intel = Host("i", model: "Haswell-noTSX-IBRS", vendor: "Intel", features: ["stibp", "amd-stibp"])
        #expect(try findings(of: "missing-mitigation", guest, hosts: [intel]) == [])
    }

    @Test("The controls of later years are named with what they guard, since when, and the source", arguments: [
        ("Intel", "SapphireRapids", ["arch-capabilities", "bhi-ctrl"], "bhi-ctrl", "CVE-2024-2201", "2024-04"),
        ("Intel", "Haswell-noTSX-IBRS", ["arch-capabilities", "fb-clear"], "fb-clear", "CVE-2022-21123", "2022-06"),
        ("AMD", "EPYC-Milan", ["verw-clear"], "verw-clear", "CVE-2024-36350", "2025-07"),
        ("AMD", "EPYC-Milan", ["ibpb-brtype"], "ibpb-brtype", "CVE-2023-20569", "2023-08"),
    ])
    func later(vendor: String, model: String, features: [String], control: String, cve: String, since: String) throws {
        let host = Host("j", model: model, vendor: vendor, features: features)
        let found = try findings(of: "missing-mitigation", cpu(model: model), hosts: [host])
        #expect(found.map(\.severity) == [.warning])
        let line = try #require(found[0].notes.first { $0.hasPrefix(control + ": ") })
        #expect(line.contains(cve) && line.contains("since \(since)") && line.hasSuffix("]"))
        #expect(found[0].help?.contains("name='\(control)'") == true)
    }

    @Test("A feature of IA32_ARCH_CAPABILITIES is advised together with arch-capabilities, without which QEMU ignores it")
    func register() throws {
        let host = Host("k", model: "Haswell-noTSX-IBRS", vendor: "Intel", features: ["arch-capabilities", "fb-clear"])
        let help = try #require(findings(of: "missing-mitigation", cpu(model: "Haswell-noTSX-IBRS"), hosts: [host]).first?.help)
        #expect(help == "add <feature policy='require' name='arch-capabilities'/><feature policy='require' name='fb-clear'/>")
    }

    @Test("Hosts that are not affected are a note: the guest can do without the control only if it sees that")
    func unseen() throws {
        let host = Host("l", model: "Skylake-Server-noTSX-IBRS", vendor: "Intel", features: ["arch-capabilities", "md-clear", "mds-no"])
        let unaware = try findings(of: "missing-mitigation", cpu(model: "Skylake-Server-noTSX-IBRS"), hosts: [host])
        #expect(unaware.map(\.severity) == [.note])
        #expect(unaware[0].message == "the host supports mds-no, which spares the guest work, but the guest does not enable it")
        let seen = "<feature policy='require' name='arch-capabilities'/><feature policy='require' name='mds-no'/>"
        #expect(try findings(of: "missing-mitigation", cpu(model: "Skylake-Server-noTSX-IBRS", seen), hosts: [host]) == [])
        let affected = Host("m", model: "Skylake-Server-noTSX-IBRS", vendor: "Intel", features: ["md-clear"])
        let both = try findings(of: "missing-mitigation", cpu(model: "Skylake-Server-noTSX-IBRS"), hosts: [host, affected])
        #expect(both.map(\.message) == ["both hosts support md-clear, but the guest does not enable it"], "one host is affected")
    }

    @Test("Under check='full', what would only spare the guest work is not advised: the list is what QEMU gave it")
    func list() throws {
        let host = Host("q", model: "Skylake-Server-noTSX-IBRS", vendor: "Intel", features: ["arch-capabilities", "mds-no"])
        let full = "<cpu check='full'><model>Skylake-Server-noTSX-IBRS</model></cpu>"
        #expect(try findings(of: "missing-mitigation", full, hosts: [host]) == [])
        #expect(try findings(of: "missing-mitigation", full.replacing("full", with: "partial"), hosts: [host]).count == 1)
    }

    @Test("taa-no matters only to a guest with TSX, and its-no only without bhi-ctrl")
    func conditions() throws {
        let host = Host("n", model: "Cascadelake-Server", vendor: "Intel", features: ["arch-capabilities", "taa-no", "stibp"])
        let listed = "<feature policy='require' name='stibp'/>"
        #expect(try findings(of: "missing-mitigation", cpu(model: "Cascadelake-Server", listed), hosts: [host]).map(\.message)
            == ["the host supports taa-no, which spares the guest work, but the guest does not enable it"])
        #expect(try findings(of: "missing-mitigation", cpu(model: "Cascadelake-Server-noTSX", listed), hosts: [host]) == [])
        let newer = Host("o", model: "SapphireRapids", vendor: "Intel", features: ["its-no", "bhi-ctrl"])
        #expect(try findings(of: "missing-mitigation", cpu(model: "SapphireRapids", "<feature policy='require' name='bhi-ctrl'/>"), hosts: [newer]) == [])
    }

    @Test("What md-clear costs Windows is said")
    func cost() throws {
        let host = Host("p", model: "Haswell-noTSX-IBRS", vendor: "Intel", features: ["md-clear"])
        let found = try findings(of: "missing-mitigation", cpu(model: "Haswell-noTSX-IBRS"), windows: true, hosts: [host])
        #expect(found[0].notes.contains { $0.hasPrefix("md-clear: ") && $0.contains("Windows guests have been reported") })
    }
}
