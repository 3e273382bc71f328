import SystemPackage
import TestSupport
import Testing
import Work

@Suite("KubeVirt's hook")
struct KubeVirtHookTests {
    private let directory = TemporaryDirectory()

    private static let hostModel = KubeVirt.domain(KubeVirt.hostModel)

    private func hook(_ domain: String, policy: String) -> Outcome {
        let settings = Settings.discovering { $0.policyFile = directory.write("policy.yaml", policy) }
        return outcome { try KubeVirtHook.run(domain: domain, settings, $0) }
    }

    @Test("The domain is printed with the policy's CPU, every other byte as it was")
    func rewritten() {
        let outcome = hook(Self.hostModel, policy: "default: {model: Haswell, fallback: forbid}\n")
        #expect(outcome.status == 0)
        let cpu = #"<cpu mode="custom" match="exact"><model fallback="forbid">Haswell</model>\#(KubeVirt.topology)</cpu>"#
        #expect(outcome.text == KubeVirt.domain(cpu))
        #expect(outcome.errors == "")
    }

    @Test("Names that only the host has are noted on stderr, once")
    func newNames() {
        let host = directory.write("hv07.xml", """
            <capabilities><host><cpu><arch>x86_64</arch><model>EPYC-Turin</model><vendor>AMD</vendor><feature name='nexus-feature'/></cpu></host></capabilities>
            """)
        let outcome = hook(Self.hostModel, policy: "default: keep\nhosts: ['\(host)']\n")
        #expect(outcome.status == 0 && outcome.text == Self.hostModel)
        #expect(outcome.errors.hasPrefix("virt-cpu: note: host hv07 ") && outcome.errors.hasSuffix("; taken by name: nexus-feature\n"))
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    @Test("A domain with the policy's CPU comes out as it came in")
    func unchanged() {
        #expect(hook(Self.hostModel, policy: "default: keep\n").text == Self.hostModel)
    }

    @Test("A guest with an error is refused: nothing is printed, and the exit status stops the start")
    func refused() {
        let domain = KubeVirt.domain(#"<cpu mode="host-passthrough"></cpu>"#)
        let outcome = hook(domain, policy: "default: keep\nrules: {host-passthrough: error}\n")
        #expect(outcome.status == 1)
        #expect(outcome.text == "")
        #expect(outcome.errors.hasPrefix("virt-cpu: default_testvm was not started:\n  host-passthrough gives "))
    }

    @Test("A text that is no domain, and a wrong policy, print nothing and stop the start", arguments: [
        ("", "default: keep\n", "--domain"), ("<network/>", "default: keep\n", "--domain contains no domain"),
        (String(hostModel.dropLast(4)), "default: keep\n", "--domain:"), (hostModel, "defualt: keep\n", "policy.yaml:1:1: error: unknown key"),
    ])
    func failures(_ domain: String, _ policy: String, _ message: String) {
        let outcome = hook(domain, policy: policy)
        #expect(outcome.status == 2)
        #expect(outcome.text == "")
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
}
