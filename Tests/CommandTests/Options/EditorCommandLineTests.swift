import Reports
import TestSupport
import Testing

@Suite("What editors and virsh call")
struct EditorCommandLineTests {
    private let directory = TemporaryDirectory()

    private func message(_ text: String) -> String { "Content-Length: \(text.utf8.count)\r\n\r\n\(text)" }

    @Test("lsp answers on stdout, and its exit status is 0 only after shutdown and exit", arguments: [true, false])
    func lsp(_ isOrderly: Bool) {
        let messages = ["{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{}}"]
            + (isOrderly ? ["{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"shutdown\"}"] : []) + ["{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}"]
        let outcome = TestSupport.Program(["lsp", "--stdio", "--no-config"], input: .text(messages.map(message).joined())).run()
        #expect(outcome.status == (isOrderly ? 0 : 1))
        #expect(outcome.text.contains("\"version\":\"\(Reports.Program.version)\""))
        #expect(outcome.errors == "")
    }

    @Test("--stdin-filename: findings name the file, its policy applies, and so do the policy's path patterns")
    func stdinFilename() {
        directory.write(".virt-cpu.yaml", "rules: {host-passthrough: error}\nguests:\n  - match: {path: \"lab/**\"}\n    rules: {host-passthrough: off}\n")
        directory.makeDirectory("lab")
        func check(_ name: String) -> Outcome { virtCPU("check", "-", "--stdin-filename", name, input: Definitions.passthrough, in: directory.path) }
        #expect(check("vm.xml").findings == ["vm.xml host-passthrough"])
        #expect(check("vm.xml").status == 1)
        #expect(check("lab/vm.xml").status == 0)
        let elsewhere = virtCPU("check", "-", "--stdin-filename", "\(directory.path)/vm.xml", input: Definitions.passthrough, in: "/")
        #expect(elsewhere.findings == ["\(directory.path)/vm.xml host-passthrough"])
        let filtered = virtCPU("filter", "--stdin-filename", "\(directory.path)/vm.xml", input: Definitions.passthrough, in: "/")
        #expect((filtered.status, filtered.text) == (1, ""))
        #expect(filtered.errors.contains("\n\(directory.path)/vm.xml:4:3: error: "))
        #expect(virtCPU("filter", "--stdin-filename", "lab/vm.xml", input: Definitions.passthrough, in: directory.path).text == Definitions.passthrough)
        let malformed = virtCPU("filter", "--stdin-filename", "lab/vm.xml", input: "<domain>", in: directory.path)
        #expect(malformed.status == 2 && malformed.errors.hasPrefix("lab/vm.xml:1:"))
    }

    @Test("Without -, --stdin-filename names nothing: exit 2")
    func withoutStdin() {
        let outcome = virtCPU("check", "--stdin-filename", "vm.xml", in: directory.path)
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("Error: --stdin-filename names what is read from stdin: add - to the paths"))
    }

    @Test("edit does not run itself, whoever calls it")
    func itself() {
        directory.write("vm.xml", Definitions.passthrough)
        directory.write("editor", "#!/bin/sh\nexec \(TestSupport.Program.path) edit \"$1\"\n")
        var program = TestSupport.Program(["edit", "vm.xml"], in: directory.path)
        program.environment = ["VISUAL=sh \(directory.path)/editor"]
        let outcome = program.run()
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("the editor runs virt-cpu edit again: name another one in VIRT_CPU_EDITOR"))
    }
}
