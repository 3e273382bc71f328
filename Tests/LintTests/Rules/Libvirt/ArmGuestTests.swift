import Lint
import Testing

@Suite("Arm and s390x guests")
struct ArmGuestTests {
    private func rules(_ xml: String, policy: String = "default: keep") throws -> [String] {
        try judge(xml, policy: policy).findings.filter { $0.severity == .error }.map(\.rule)
    }

    @Test("QEMU's boards that take one CPU keep theirs, whatever the target is", arguments: ["host-model-only", "maximum", "pin", "hv-default"])
    func boards(_ target: String) throws {
        let board = domain("<cpu><model>cortex-a9</model></cpu>", type: "qemu", arch: "armv7l", machine: "vexpress-a9")
        #expect(try judge(board, policy: "default: \(target)", purpose: .rewrite).output == board)
        #expect(try judge(board, policy: "default: \(target)").findings.isEmpty)
    }

    @Test("The virtual board takes any CPU")
    func virtualBoard() throws {
        let xml = domain("<cpu><model>cortex-a57</model></cpu>", type: "qemu", arch: "aarch64", machine: "virt")
        #expect(try judge(xml, policy: "default: maximum", purpose: .rewrite).output.contains("mode='maximum'"))
    }

    @Test("host-model is an error for Arm, and the fix is what the hypervisor has", arguments: [("kvm", "host-passthrough"), ("qemu", "maximum")])
    func hostModel(_ type: String, _ mode: String) throws {
        let xml = domain("<cpu mode='host-model'/>", type: type, arch: "aarch64", machine: "virt-8.2")
        let found = try judge(xml).findings.filter { $0.rule == "emulated-host-cpu" }
        #expect(found.map(\.severity) == [.error])
        #expect(found.first?.help == "use mode='\(mode)'")
        #expect(found.first?.edits.isEmpty == false)
    }

    @Test("host-passthrough under KVM is the way on Arm")
    func hostPassthrough() throws {
        #expect(try rules(domain("<cpu mode='host-passthrough'/>", arch: "aarch64", machine: "virt")) == [])
    }

    @Test("Features of x86 keep Arm and s390x guests from starting, whatever the policy", arguments: ["aarch64", "armv7l", "s390x"])
    func features(_ arch: String) throws {
        for policy in ["require", "disable", "optional", "forbid"] {
            let cpu = "<cpu mode='custom'><model>max</model><feature policy='\(policy)' name='svm'/></cpu>"
            #expect(try rules(domain(cpu, type: "qemu", arch: arch, machine: "virt")) == ["unknown-feature"])
        }
    }

    @Test("The architecture's own features are not x86's", arguments: [("aarch64", "sve"), ("s390x", "vx"), ("s390x", "ibs"), ("ppc64", "htm")])
    func ownFeatures(_ arch: String, _ name: String) throws {
        let cpu = "<cpu mode='maximum'><feature policy='require' name='\(name)'/></cpu>"
        #expect(try rules(domain(cpu, type: "qemu", arch: arch, machine: "virt")) == [])
    }
}
