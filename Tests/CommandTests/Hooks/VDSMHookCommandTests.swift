import TestSupport
import Testing

/// VDSM runs `before_vm_start` with the domain in the file that the environment names. What the hook decides is tested in
/// WorkTests.
@Suite("hook vdsm")
struct VDSMHookCommandTests {
    private let directory = TemporaryDirectory()

    private func hook(_ arguments: String..., file: String?) -> Outcome {
        var program = Program(["hook", "vdsm", "--config", directory.write("policy.yaml", "default: Haswell\n")] + arguments, in: "/")
        program.environment = ["vmId=5a9fc181-957e-5c32-9e5a-2de5e9673531"]
        if let file { program.environment.append("_hook_domxml=\(file)") }
        return program.run()
    }

    @Test("The file that the environment names is rewritten")
    func rewritten() {
        let outcome = hook(file: directory.write("dom", Definitions.hostModel))
        #expect(outcome.status == 0 && outcome.text == "" && outcome.errors == "")
        #expect(directory.text("dom").contains(">Haswell</model>"))
    }

    @Test("Without the variable nothing is stopped, and with --strict the start is")
    func missing() {
        let open = hook(file: nil), strict = hook("--strict", file: nil)
        #expect(open.status == 0 && strict.status == 2)
        #expect(open.errors.contains("_hook_domxml") && strict.errors.contains("_hook_domxml"))
    }
}
