import DomainXML
import Lint
import TestSupport
import Testing

@Suite("no-effect: parts of <cpu> that change nothing")
struct NoEffectTests {
    private func edits(_ cpu: String, type: String = "kvm") throws -> [Bool] {
        try findings(of: "no-effect", cpu, type: type).map { !$0.edits.isEmpty }
    }

    @Test("libvirt drops the model under host-passthrough and maximum, and does not read it under host-model",
          arguments: ["host-passthrough", "maximum", "host-model"])
    func model(_ mode: String) throws {
        #expect(try edits("<cpu mode='\(mode)'><model>Haswell</model></cpu>") == [true])
        #expect(try edits("<cpu mode='\(mode)'><model fallback='forbid'/></cpu>") == [])
    }

    @Test("A model that libvirt needs beside <vendor> or vendor_id is reported, but not removed by the fix")
    func neededModel() throws {
        #expect(try edits("<cpu mode='host-model'><model>Haswell</model><vendor>Intel</vendor></cpu>") == [false])
        #expect(try edits("<cpu mode='host-model'><model vendor_id='GenuineIntel'>Haswell</model></cpu>") == [false])
    }

    @Test("An unknown model keeps a guest from starting under host-passthrough and maximum, not under host-model")
    func unknownModel() throws {
        for mode in ["host-passthrough", "maximum"] {
            let cpu = "<cpu mode='\(mode)'><model>Haswel</model></cpu>"
            #expect(try findings(of: "unknown-model", cpu).map(\.severity) == [.error])
            #expect(try edits(cpu) == [])
        }
        let cpu = "<cpu mode='host-model'><model>Haswel</model></cpu>"
        #expect(try findings(of: "unknown-model", cpu).isEmpty)
        #expect(try edits(cpu) == [true])
    }

    @Test("What KVM never gives has no effect, and QEMU's emulation gives some of it")
    func never() throws {
        let cpu = "<cpu mode='host-model'><feature policy='disable' name='acpi'/></cpu>"
        #expect(try edits(cpu) == [true])
        #expect(try edits(cpu, type: "qemu") == [])
    }

    @Test("The fix keeps lines that libvirt compares with the host")
    func compared() throws {
        func line(_ policy: String, check: String = "") -> String {
            "<cpu mode='custom' match='exact'\(check)><model fallback='forbid'>Penryn</model>"
                + "<feature policy='\(policy)' name='est'/></cpu>"
        }
        #expect(try edits(line("require")) == [false])
        #expect(try edits(line("require", check: " check='none'")) == [true])
        #expect(try edits(line("optional")) == [true])
        #expect(try edits(line("disable")) == [true])
        #expect(try edits(line("forbid")) == [])
    }

    @Test("Features that KVM gives somewhere are not among them", arguments: ["monitor", "ds", "dtes64", "ds_cpl", "ht"])
    func sometimes(_ name: String) throws {
        #expect(try edits("<cpu mode='host-model'><feature policy='disable' name='\(name)'/></cpu>") == [])
    }

    @Test("No KVM host-model in libvirt's domain capabilities has one of them",
          .enabled(if: Corpus.libvirt != nil), arguments: ["acpi", "tm", "pbe", "smx", "est", "tm2", "cid", "xtpr", "dca", "extapic", "ibs", "skinit", "wdt", "lwp", "nodeid_msr", "perfctr_nb"])
    func corpus(_ name: String) throws {
        var count = 0
        for file in Corpus.xmlFiles(in: "\(Corpus.libvirt!)/tests/domaincapsdata") {
            let text = String(decoding: Corpus.read(file), as: UTF8.self)
            guard text.contains("<domain>kvm</domain>"), text.contains("<arch>x86_64</arch>") else { continue }
            count += 1
            #expect(!text.contains("<feature policy='require' name='\(name)'/>"), "\(file)")
        }
        #expect(count >= 10)
    }

    @Test("deprecated_features: libvirt 11.3 does not start the guest, 9.0 and 12.9 do")
    func deprecatedFeatures() throws {
        func severities(_ libvirt: String, arch: String = "x86_64") throws -> [Severity] {
            let xml = domain("<cpu mode='host-model' deprecated_features='off'/>", arch: arch)
            return try judge(xml, policy: "{default: keep, libvirt: '\(libvirt)'}").findings
                .filter { $0.rule == "no-effect" }.map(\.severity)
        }
        #expect(try severities("11.3") == [.error])
        #expect(try severities("12.9") == [.note])
        #expect(try severities("9.0") == [.note])
        #expect(try severities("11.3", arch: "s390x") == [])
    }

    @Test("The live XML of a running guest is as libvirt wrote it")
    func live() throws {
        #expect(try edits("<cpu mode='custom' check='full'><model>Penryn</model><feature policy='disable' name='est'/></cpu>") == [])
    }
}
