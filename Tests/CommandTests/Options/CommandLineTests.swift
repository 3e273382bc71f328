import TestSupport
import Testing

@Suite("The command line")
struct CommandLineTests {
    @Test("Mistakes: exit 2, what is wrong, nothing on stdout", arguments: [
        (["--default", "host-modle"], "Error: --default: unknown target 'host-modle' (did you mean 'host-model'?)"),
        (["--default", "max"], "Error: --default: unknown target 'max' (did you mean 'maximum'?)"),
        (["--default", "two words"], "Error: --default: 'two words' is not a CPU model name: ' ' is not allowed (names consist of letters, digits and . _ + -)"),
        (["--default", ""], "Error: --default: the CPU model name is empty"),
        (["--default"], "Error: Missing value for '--default <target>'"),
        (["--rule", "host-pasthrough=error"], "Error: --rule host-pasthrough=error: unknown rule 'host-pasthrough' (did you mean 'host-passthrough'?)"),
        (["--rule", "host-passthrough=fatal"], "Error: --rule host-passthrough=fatal: expected ID=SEVERITY, where SEVERITY is error, warning, note or off"),
        (["--rule", "host-passthrough"], "Error: --rule host-passthrough: expected ID=SEVERITY, where SEVERITY is error, warning, note or off"),
        (["--config", "policy.yaml"], "Error: --config and --no-config cannot be combined"),
        (["--fail-on", "erorr"], "Error: The value 'erorr' is invalid for '--fail-on <severity>'. Please provide one of 'error', 'warning', 'note' or 'never'."),
        (["--format", "xml"], "Error: The value 'xml' is invalid for '--format <format>'. Please provide one of the following:"),
        (["--max-domain-size", "0"], "Error: The value '0' is invalid for '--max-domain-size <size>'"),
        (["--max-domain-size", "2G"], "Error: The value '2G' is invalid for '--max-domain-size <size>'"),
        (["--max-domain-size", "99999999999M"], "Error: The value '99999999999M' is invalid for '--max-domain-size <size>'"),
        (["--frobnicate"], "Error: Unknown option '--frobnicate'"),
        (["missing.xml"], "virt-cpu: error: missing.xml: No such file or directory"),
        (["a.xml", "b.xml"], "Error: Unexpected argument 'b.xml'"),
        (["--host", "nowhere.xml"], "virt-cpu: error: nowhere.xml: no such file"),
        (["--default", "Haswel"], "virt-cpu: error: --default: libvirt does not know the CPU model 'Haswel' (did you mean 'Haswell'?)"),
    ])
    func mistakes(_ arguments: [String], _ message: String) {
        let outcome = Program(["filter", "--no-config"] + arguments, input: .text(Definitions.passthrough)).run()
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors.split(separator: "\n").first.map(String.init) == message)
    }

    @Test("Options that cannot be combined, and words that are no command, rule or number: exit 2", arguments: [
        (["filtre"], "Error: unknown command 'filtre' (did you mean 'filter'?)\nCommands: "),
        (["chekc", "--staged", "a.xml"], "Error: unknown command 'chekc' (did you mean 'check'?)\n"),
        (["vm.xml"], "Error: unknown command 'vm.xml'\n"), (["hook", "libvrt"], "Error: unknown command 'libvrt' (did you mean 'libvirt'?)\nCommands: pre-commit, "),
        (["--hsot", "a.xml"], "Error: unknown option '--hsot' (did you mean '--host'?): options stand behind a command, as in virt-cpu check --host\n"),
        (["--host", "a.xml"], "Error: unknown option '--host': options stand behind a command, as in virt-cpu check --host\n"),
        (["--frobnicate"], "Error: Unknown option '--frobnicate'"), (["--generate-completion-script", "tcsh"], "Error: "),
        (["check", "--hsot", "a.xml"], "Error: Unknown option '--hsot'. Did you mean '--host'?"),
        (["explain", "host-pasthrough"], "Error: unknown rule 'host-pasthrough' (did you mean 'host-passthrough'?)"),
        (["check", "--fix", "-"], "Error: --fix and --diff work on files"), (["check", "--diff", "-"], "Error: --fix and --diff work on files"),
        (["check", "--fix", "--diff"], "Error: --fix and --diff cannot be combined"),
        (["check", "--staged", "--rev", "HEAD"], "Error: --staged and --rev cannot be combined"),
        (["check", "--fix", "--rev", "HEAD"], "Error: --fix rewrites files"), (["check", "--fix", "--connect", "test:///default"], "Error: --fix rewrites files"),
        (["check", "--connect", "test:///default", "a.xml"], "Error: --connect checks the domains of a libvirt"),
        (["check", "-j0"], "Error: --jobs must be at least 1"),
        (["diff", "-", "-"], "Error: OLD and NEW cannot both be stdin"), (["init", "--hook", "-"], "Error: --hook"),
        (["filter", "--timeout=0"], "Error: --timeout"), (["filter", "--timeout=-1"], "Error: --timeout"),
        (["filter", "--timeout=86401"], "Error: --timeout"), (["filter", "--timeout=soon"], "Error: The value 'soon' is invalid for '--timeout <seconds>'"),
        (["hook", "pre-receive", "--format", "sarif"], "Error: --format"),
    ])
    func refused(_ arguments: [String], _ message: String) {
        let outcome = Program(arguments).run()
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors.hasPrefix(message), "\(outcome.errors)")
    }

    @Test("Help and version are printed on stdout, exit 0", arguments: [
        (["--help"], "OVERVIEW: "), (["filter", "--help"], "OVERVIEW: Read domain XML from stdin"),
        (["check", "-h"], "OVERVIEW: Check domain XML"), (["--version"], "0."), ([], "OVERVIEW: "),
    ])
    func help(_ arguments: [String], _ beginning: String) {
        let outcome = Program(arguments).run()
        #expect(outcome.status == 0)
        #expect(outcome.text.hasPrefix(beginning))
        #expect(outcome.errors == "")
    }

    @Test("Help states the default of --max-domain-size, as the manual's table does")
    func defaults() {
        #expect(virtCPU("filter", "--help").text.contains("(default: 64M)"))
    }
}
