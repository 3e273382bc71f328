import Glibc
import TestSupport
import Testing

/// KubeVirt's shim runs `onDefineDomain --vmi JSON --domain XML`. What the hook decides is tested in WorkTests.
@Suite("hook kubevirt")
struct KubeVirtHookCommandTests {
    private let directory = TemporaryDirectory()
    private let domain = KubeVirt.domain(KubeVirt.hostModel)

    private func hook(_ arguments: String..., policy: String) -> Outcome {
        Program(["hook", "kubevirt", "--config", directory.write("policy.yaml", policy)] + arguments, in: "/").run()
    }

    @Test("The domain is printed, and the exit status stops the start of a refused guest")
    func statuses() {
        let rewritten = hook("--vmi", KubeVirt.instance, "--domain", domain, policy: "default: Haswell\n")
        #expect(rewritten.status == 0 && rewritten.errors == "")
        #expect(rewritten.text.contains(">Haswell</model>"))
        let policy = "default: keep\nrules: {host-passthrough: error}\n"
        let refused = hook("--vmi", KubeVirt.instance, "--domain", KubeVirt.domain(#"<cpu mode="host-passthrough"></cpu>"#), policy: policy)
        #expect(refused.status == 1 && refused.text == "")
    }

    @Test("Domains and instances of 131,071 bytes, the longest argument of Linux, are accepted")
    func long() {
        let domain = KubeVirt.domain(KubeVirt.hostModel, padding: (128 << 10) - 1 - domain.utf8.count)
        #expect(domain.utf8.count == 131_071)
        let instance = KubeVirt.instance + String(repeating: " ", count: 131_071 - KubeVirt.instance.utf8.count)
        let outcome = hook("--vmi", instance, "--domain", domain, policy: "default: keep\n")
        #expect(outcome.status == 0)
        #expect(outcome.text == domain)
    }

    @Test("Wrong arguments print nothing and stop the start")
    func failures() {
        for (arguments, message) in [
            (["--vmi", KubeVirt.instance], "--domain"),
            (["--vmi", KubeVirt.instance, "--domain", domain, "--cloud-init", "x"], "--cloud-init"),
            (["--vmi", KubeVirt.instance, "--domain", ""], "--domain"),
        ] {
            let outcome = Program(["hook", "kubevirt", "--no-config"] + arguments).run()
            #expect(outcome.status == 2, "\(message)")
            #expect(outcome.text == "", "\(message)")
            #expect(outcome.errors.contains(message), "\(outcome.errors)")
        }
        // The shim has a --version of its own, which never reaches the hook.
        #expect(hook("--version", policy: "default: keep\n").text.hasPrefix("0."))
    }

    /// The script that the ConfigMap puts at /usr/bin/onDefineDomain.
    private func configMapScript() -> String {
        let text = String(decoding: Corpus.read("\(Corpus.repository)/Examples/kubevirt/configmap.yaml"), as: UTF8.self)
        let lines = text.split(separator: "\n").drop { $0 != "  onDefineDomain: |" }.dropFirst()
        return lines.map { "\($0.dropFirst(4))\n" }.joined()
    }

    @Test("The example's scripts do as the shim expects", arguments: [true, false])
    func example(_ isConfigMap: Bool) {
        let script = isConfigMap
            ? directory.write("onDefineDomain", configMapScript()) : "\(Corpus.repository)/Examples/kubevirt/onDefineDomain"
        chmod(script, 0o755)
        let policy = isConfigMap ? [] : ["--config", directory.write("policy.yaml", "default: Haswell-noTSX-IBRS\n")]
        var program = Program(policy + ["--vmi", KubeVirt.instance, "--domain", domain])
        program.executable = script
        program.environment = ["PATH=\(Program.buildDirectory):/usr/bin:/bin", "TMPDIR=\(directory.path)"]
        let outcome = program.run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text.contains(">Haswell-noTSX-IBRS</model>"))
        #expect(outcome.text.hasSuffix("</domain>"))
    }
}
