import TestSupport
import Testing

/// What filter makes of a stream is tested in WorkTests.
@Suite("filter")
struct FilterCommandTests {
    private func filter(_ arguments: String..., input: String = Definitions.passthrough) -> Outcome {
        Program(["filter", "--no-config"] + arguments, input: .text(input)).run()
    }

    @Test("Domains go to stdout, findings to stderr, and the exit status tells whether one was withheld")
    func statuses() {
        let rewritten = filter("--default", "host-model")
        #expect(rewritten.status == 0)
        #expect(rewritten.text == Definitions.hostModel)
        #expect(rewritten.errors.hasPrefix("<stdin>:4:3: note: rewritten from host-passthrough to host-model [cpu-not-default]\n"))
        let withheld = filter("--default", "keep", "--fail-on", "warning", "--quiet")
        #expect(withheld.status == 1 && withheld.output == [])
        #expect(withheld.errors.hasSuffix("virt-cpu: error: withheld because of its findings: domain g\n"))
        let failed = filter("--default", "keep", input: Definitions.hostModel + "<domain>")
        #expect(failed.status == 2 && failed.text == Definitions.hostModel)
    }

    @Test("The policy is that of the current directory")
    func policy() {
        let directory = TemporaryDirectory()
        directory.write(".virt-cpu.yaml", "default: host-model\n")
        directory.write("other/policy.yaml", "default: maximum\n")
        func filter(_ arguments: String...) -> Outcome {
            Program(["filter", "--quiet"] + arguments, input: .text(Definitions.passthrough), in: directory.path).run()
        }
        #expect(filter().text == Definitions.hostModel)
        #expect(filter("--config", "other/policy.yaml").text.contains("<cpu mode='maximum'/>"))
        #expect(filter("--config", "none.yaml").errors == "virt-cpu: error: none.yaml: No such file or directory\n")
    }

    @Test("Colour by itself: on a terminal, unless NO_COLOR is set")
    func color() {
        func onTerminal(_ environment: [String], _ choice: String = "auto") -> String {
            let command = "'\(Program.path)' filter --no-config --default keep --color \(choice) <&3 >/dev/null 3<&-"
            var program = Program(["-c", "exec 3<&0 && exec script -qec \"\(command)\" /dev/null </dev/null"], input: .text(Definitions.passthrough))
            program.executable = "/bin/sh"
            program.environment = environment
            let outcome = program.run()
            #expect(outcome.status == 0)
            return outcome.text
        }
        #expect(onTerminal([]).contains("\u{1b}[33m"))
        #expect(!onTerminal(["NO_COLOR=1"]).contains("\u{1b}["))
        #expect(onTerminal(["NO_COLOR=1"], "always").contains("\u{1b}[33m"))
        #expect(!onTerminal([], "never").contains("\u{1b}["))
    }

    @Test("A URI that does not answer: exit 2, nothing on stdout, and virsh's words or that it is missing")
    func unreachable() {
        let outcome = filter("--host", "nosuch:///system")
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("nosuch:///system") || outcome.errors.contains("virsh"))
    }
}
