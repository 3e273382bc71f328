import TestSupport
import Testing

@Suite("A policy in a directory with a strange name")
struct PolicyPathTests {
    @Test("Control characters of a policy's path reach no terminal, neither in an error nor in the summary", arguments: [
        "rules: [", "default: keep",
    ])
    func controlCharacters(_ policy: String) {
        let directory = TemporaryDirectory()
        directory.write("x\u{1b}[31m/.virt-cpu.yaml", policy + "\n")
        directory.write("x\u{1b}[31m/vm.xml", Definitions.hostModel)
        let outcome = Program(["check", "--no-local", "x\u{1b}[31m"], in: directory.path).run()
        #expect(outcome.status == (policy == "default: keep" ? 0 : 2))
        #expect(outcome.errors.contains("x\u{241b}[31m/.virt-cpu.yaml"), "\(outcome.errors)")
        #expect(!(outcome.errors + outcome.text).contains("\u{1b}"))
    }
}
