import Hosts
import Lint
import Testing

/// libvirt replaces a model only on x86, and only one that the hypervisor does not list (cpu.c, `virCPUTranslate`).
@Suite("fallback-allow")
struct FallbackAllowTests {
    private func found(_ model: String, arch: String = "x86_64", hosts: [Host] = [], machine: String = "pc-q35-9.2") throws -> Int {
        let cpu = "<cpu mode='custom' match='exact'><model fallback='allow'>\(model)</model></cpu>"
        return try judge(domain(cpu, arch: arch, machine: machine), hosts: hosts).findings.filter { $0.rule == "fallback-allow" }.count
    }

    @Test("Without a list of the hypervisor's models, only models that some hypervisor lacks are reported")
    func known() throws {
        // libvirt 9.0 has it, and QEMU has had it since 2013.
        #expect(try found("Haswell") == 0)
        // QEMU 7.1 has taken it out (docs/about/removed-features); libvirt 9.0 does not have the other one.
        #expect(try found("Icelake-Client") == 1)
        #expect(try found("EPYC-Genoa") == 1)
        let cpu = "<cpu mode='custom' match='exact'><model fallback='allow'>EPYC-Genoa</model></cpu>"
        #expect(try !judge(domain(cpu), policy: "libvirt: '12.9'").findings.contains { $0.rule == "fallback-allow" })
    }

    @Test("fallback='forbid' is written only if hosts are named, and all of them start the guest with it")
    func fix() throws {
        func isFixable(_ model: String, _ hosts: [Host]) throws -> Bool {
            let cpu = "<cpu mode='custom' match='exact'><model>\(model)</model></cpu>"
            let found = try judge(domain(cpu), policy: "default: \(model)", hosts: hosts).findings
            return try #require(found.first { $0.rule == "fallback-allow" }).isFixable
        }
        #expect(try !isFixable("EPYC-Genoa", []))
        #expect(try isFixable("EPYC-Genoa", [Host("h", model: "EPYC-Genoa", vendor: "AMD")]))
        #expect(try !isFixable("EPYC-Genoa", [Host("h", model: "EPYC-Milan", vendor: "AMD")]))
        // The hypervisor does not list the model, so that it would not start.
        #expect(try !isFixable("Westmere", [StartCheckTests.tsxOff]))
    }

    @Test("A model that libvirt cannot replace is not reported")
    func irreplaceable() throws {
        #expect(try found("cortex-a57", arch: "aarch64", machine: "virt") == 0)
        #expect(try found("z13", arch: "s390x", machine: "s390-ccw-virtio") == 0)
        #expect(try found("qemu64") == 0)
        // unknown-model reports these.
        #expect(try found("host") == 0)
        #expect(try found("Haswel") == 0)
    }

    @Test("Nothing is reported if all hosts list the model, but if one lists it not, or is not known and could lack it")
    func listed() throws {
        let host = StartCheckTests.tsxOff
        #expect(try found("Haswell-noTSX", hosts: [host]) == 0)
        #expect(try found("Westmere", hosts: [host]) == 1)
        #expect(try found("Haswell-noTSX", hosts: [host, Host(name: "hv09", cpu: host.cpu)]) == 0)
        #expect(try found("Icelake-Client", hosts: [Host(name: "hv09", cpu: host.cpu)]) == 1)
    }
}
