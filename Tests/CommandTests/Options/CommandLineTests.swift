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
        (["--fail-on", "erorr"], "Error: The value 'erorr' is invalid for '--fail-on <severity>' (did you mean 'error'?). Please provide one of 'error', 'warning', 'note' or 'never'."),
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
        (["edit", "-"], "Error: edit runs an editor on a file, and - is none: virt-cpu check - checks standard input, and virt-cpu filter rewrites it\n"),
        (["check", "--report", "sarif=-"], "Error: --report sarif=-: a further report needs a file; --format sarif prints it on stdout\n"),
        (["check", "--against", "-", "Examples"], "virt-cpu: error: --against -: the earlier side is read more than once, so it cannot be stdin"),
    ])
    func refused(_ arguments: [String], _ message: String) {
        let outcome = Program(arguments).run()
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors.hasPrefix(message), "\(outcome.errors)")
    }

    @Test("A misspelt value names the one that was meant", arguments: [
        (["check", "--format", "sarf"], "Error: The value 'sarf' is invalid for '--format <format>' (did you mean 'sarif'?). Please provide one of the following:\n"),
        (["host", "--format", "jsn"], "Error: The value 'jsn' is invalid for '--format <format>' (did you mean 'json'?). Please provide one of 'text', "),
        (["check", "--fail-on", "eror"], "Error: The value 'eror' is invalid for '--fail-on <severity>' (did you mean 'error'?)."),
        (["init", "--profile", "custer"], "Error: The value 'custer' is invalid for '--profile <name>' (did you mean 'cluster'?)."),
        (["filter", "--windows", "nonsense"], "Error: The value 'nonsense' is invalid for '--windows <word>'. Please provide one of"),
        (["check", "--rule", "check-none=eror"], "Error: --rule check-none=eror: expected ID=SEVERITY, where SEVERITY is error, warning, note or off (did you mean 'error'?)\n"),
        (["check", "--report", "srif=x"], "Error: --report srif=x: expected FORMAT=FILE, where FORMAT is one of text, concise, json, json-lines, sarif, github, gitlab, junit, checkstyle, rdjson (did you mean 'sarif'?)\n"),
        (["explain", "pasthrough"], "Error: unknown rule 'pasthrough' (did you mean 'passthrough'?), and no explanation contains this word"),
        (["explain", "migraton", "host"], "Error: unknown rule 'migraton host' (did you mean 'migration host'?), and no explanation contains these words"),
        (["explain", "xyzzyxyzzy"], "Error: unknown rule 'xyzzyxyzzy', and no explanation contains this word"),
        (["compare", "--host", "Examples/hosts", "--from", "hv1", "Examples/win11.xml"], "virt-cpu: error: --from hv1: neither the name of a host nor a file (did you mean 'hv01'?)\n"),
        (["host", "--why-not", "Haswel", "Examples/hosts"], "virt-cpu: error: libvirt does not know the CPU model 'Haswel' (did you mean 'Haswell'?)"),
    ])
    func misspelt(_ arguments: [String], _ message: String) {
        let outcome = Program(arguments, in: Corpus.repository).run()
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix(message), "\(outcome.errors)")
    }

    @Test("- is stdin where a command reads a definition or a host, and stdout for --output", arguments: [
        (["filter", "--no-config", "-"], "<domain"), (["check", "--no-config", "-"], "<stdin>:"), (["check", "--no-config", "-", "-"], "<stdin>:"),
        (["diff", "--no-config", "-", "Examples/win11.xml"], "win11-cad: no change"), (["diff", "--no-config", "Examples/win11.xml", "-"], "win11-cad: no change"),
        (["show", "--no-config", "-"], "win11-cad:"), (["compare", "--host", "Examples/hosts", "-"], "win11-cad on hv01: superset"),
        (["recommend", "Examples/hosts", "--guests", "-"], "Skylake-Server"), (["check", "--no-config", "--output", "-", "-"], "<stdin>:"),
    ])
    func standardInput(_ arguments: [String], _ beginning: String) {
        let outcome = Program(arguments, input: .text(String(decoding: Definitions.example("win11.xml"), as: UTF8.self)), in: Corpus.repository).run()
        #expect(outcome.status == 0 && !outcome.errors.contains("no XML document"), "\(outcome.errors)")
        #expect(outcome.text.contains(beginning), "\(outcome.text.prefix(200))")
    }

    @Test("- is a host on stdin", arguments: ["host", "baseline", "models", "recommend"])
    func hostOnStandardInput(_ command: String) {
        let outcome = Program([command, "-"], input: .text(String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self))).run()
        #expect(outcome.status == 0 && outcome.text.contains("Skylake-Server"), "\(outcome.errors)")
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
