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

    @Test("A model that libvirt cannot replace is not reported")
    func irreplaceable() throws {
        #expect(try found("Haswell") == 1)
        #expect(try found("cortex-a57", arch: "aarch64", machine: "virt") == 0)
        #expect(try found("z13", arch: "s390x", machine: "s390-ccw-virtio") == 0)
        #expect(try found("qemu64") == 0)
        // unknown-model reports these.
        #expect(try found("host") == 0)
        #expect(try found("Haswel") == 0)
    }

    @Test("Nothing is reported if all hosts list the model, but if one is not known or lists it not")
    func listed() throws {
        let host = StartCheckTests.tsxOff
        #expect(try found("Haswell-noTSX", hosts: [host]) == 0)
        #expect(try found("Westmere", hosts: [host]) == 1)
        #expect(try found("Haswell-noTSX", hosts: [host, Host(name: "hv09", cpu: host.cpu)]) == 1)
    }
}
