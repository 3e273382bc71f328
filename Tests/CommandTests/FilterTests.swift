import Testing

@Suite("filter")
struct FilterTests {
    static let warning = "<stdin>:4:3: warning: host-passthrough: the guest's CPU is whatever host it starts on; migration needs identical hosts [host-passthrough]\n"

    private func filter(_ arguments: String..., input: String = Definitions.passthrough) -> Outcome {
        Program(["filter", "--no-config"] + arguments, input: .text(input)).run()
    }

    @Test("Rewrites to the default, exit 0, and says so on stderr")
    func rewrites() {
        let outcome = filter("--default", "host-model")
        #expect(outcome.status == 0)
        #expect(outcome.text == Definitions.hostModel)
        #expect(outcome.errors == """
            <stdin>:4:3: note: rewritten: host-passthrough became host-model [cpu-not-default]
                4 |   <cpu mode='host-passthrough'/>
                  |   ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
                  = domain g

            """)
    }

    @Test("A domain with an error is not written, exit 1; the others are")
    func refuses() {
        let outcome = filter("--default", "keep", input: Definitions.passthrough + Definitions.invalid + Definitions.hostModel)
        #expect(outcome.status == 1)
        #expect(outcome.text == Definitions.passthrough + Definitions.hostModel)
        #expect(outcome.errors.contains("<stdin>:9:48: error: feature 'pcid' is listed more than once [duplicate-feature]\n"))
        #expect(outcome.errors.hasSuffix("virt-cpu: error: not written: domain bad\n"))
    }

    @Test("What the rewrite mends is no error any more")
    func mended() {
        let outcome = filter("--default", "maximum", input: Definitions.guest("<cpu mode='host-passthrough'/>", type: "qemu"))
        #expect(outcome.status == 0)
        #expect(outcome.text.contains("<cpu mode='maximum'/>"))
        #expect(filter("--default", "keep", input: Definitions.guest("<cpu mode='host-passthrough'/>", type: "qemu")).status == 1)
    }

    @Test("--fail-on says which findings count", arguments: [
        ("error", "warning", Int32(0)), ("warning", "warning", 1), ("note", "warning", 1), ("never", "warning", 0),
        ("error", "error", 1), ("never", "error", 0), ("warning", "note", 0), ("note", "note", 1), ("note", "off", 0),
    ])
    func failOn(_ least: String, _ severity: String, _ status: Int32) {
        let outcome = filter("--default", "keep", "--fail-on", least, "--rule", "host-passthrough=\(severity)")
        #expect(outcome.status == status)
        #expect(outcome.text == (status == 0 ? Definitions.passthrough : ""))
        #expect(outcome.errors.contains("\(severity): host-passthrough") == (severity != "off"))
        #expect(outcome.errors.contains("not written") == (status == 1))
    }

    @Test("--quiet prints only what counts", arguments: ["--quiet", "-q"])
    func quiet(_ option: String) {
        #expect(filter("--default", "keep", option).errors == "")
        #expect(filter(option).errors == "", "the remark that no host is known")
        let counted = filter("--default", "keep", option, "--fail-on", "warning")
        #expect(counted.errors.hasPrefix(Self.warning))
        #expect(counted.errors.hasSuffix("virt-cpu: error: not written: domain g\n"))
    }

    @Test("Without a host the built-in default is not looked at, said once")
    func noHost() {
        let outcome = filter(input: Definitions.hostModel + Definitions.hostModel)
        #expect(outcome.status == 0)
        #expect(outcome.text == Definitions.hostModel + Definitions.hostModel)
        #expect(outcome.errors == "virt-cpu: note: the default host-model-only is not looked at: no host is known: name one with --host (the output of virsh capabilities)\n")
    }

    @Test("--format json-lines prints an object a line with the documented fields")
    func jsonLines() throws {
        let name = "a\"b\\c\u{e9}"
        let input = Definitions.guest("<cpu mode='host-passthrough'/>", name: name, extra: "  <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>\n")
        let outcome = filter("--default", "host-model", "--format", "json-lines", input: Definitions.passthrough + input)
        #expect(outcome.status == 0)
        let lines = outcome.errors.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 3 && lines.last == "")
        let fields = ["file", "line", "column", "endLine", "endColumn", "rule", "severity", "message", "domain", "host", "help", "fixable"]
        for line in lines.dropLast() {
            let finding = try JSON(line)
            #expect(Set(fields).isSubset(of: finding.names), "\(line)")
            #expect(finding["file"] == .string("<stdin>"))
            #expect(finding["column"] == .number(3))
            #expect(finding["endColumn"] == .number(33))
            #expect(finding["rule"] == .string("cpu-not-default"))
            #expect(finding["severity"] == .string("note"))
            #expect(finding["host"] == .null)
            #expect(finding["help"] == .null)
        }
        let second = try JSON(lines[1])
        #expect(second["line"] == .number(9))
        #expect(second["endLine"] == .number(9))
        #expect(second["domain"]?["name"] == .string(name))
        #expect(second["domain"]?["uuid"] == .string("c7a5fdbd-edaf-9455-926a-d65c16db1809"))
        #expect(try JSON(lines[0])["domain"]?["uuid"] == .null)
        #expect(outcome.text == Definitions.hostModel + input.replacing("passthrough", with: "model"))
    }

    @Test("Colour: always, never, and auto by the terminal")
    func color() {
        #expect(filter("--default", "keep", "--color", "always").errors.contains("\u{1b}[33mwarning\u{1b}[0m"))
        for choice in ["never", "auto"] {
            #expect(filter("--default", "keep", "--color", choice).errors.hasPrefix(Self.warning))
        }
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

    @Test("Text from a definition cannot steer the terminal")
    func controlCharacters() {
        // The only control characters that XML allows are C1's.
        let outcome = filter("--default", "host-model", input: Definitions.guest("<cpu mode='host-passthrough'/>", name: "a\u{9b}31mb\u{202e}c"))
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("= domain a\u{fffd}31mb\u{fffd}c\n"))
    }

    @Test("--new-guest rewrites Windows too")
    func newGuest() {
        let windows = Definitions.guest("<cpu mode='host-passthrough'/>", extra: "  <clock offset='localtime'><timer name='hypervclock' present='yes'/></clock>\n")
        let withheld = filter("--default", "host-model", input: windows)
        #expect(withheld.status == 0)
        #expect(withheld.text == windows)
        #expect(withheld.errors.contains("[windows-rewrite-withheld]"))
        #expect(withheld.errors.contains("= Windows: timer hypervclock\n"))
        let new = filter("--default", "host-model", "--new-guest", input: windows)
        #expect(new.status == 0)
        #expect(new.text == windows.replacing("passthrough", with: "model"))
        #expect(!new.errors.contains("[windows-rewrite-withheld]"))
    }

    @Test("--max-domain-size refuses a single domain beyond it, with the place where it starts")
    func maximumDomainSize() {
        let large = Definitions.guest("<cpu mode='host-model'/>", extra: "<!-- \(String(repeating: "x", count: 200 << 10)) -->\n")
        for size in ["100K", "100k", "102400"] {
            let outcome = filter("--default", "keep", "--max-domain-size", size, input: Definitions.hostModel + large)
            #expect(outcome.status == 2)
            #expect(outcome.text == Definitions.hostModel)
            #expect(outcome.errors == "<stdin>:6:1: error: a single domain of more than 102400 bytes (see --max-domain-size)\n")
        }
        #expect(filter("--default", "keep", "--max-domain-size", "1M", input: large).text == large)
    }

    @Test("Mistakes on the command line: exit 2, what is wrong, nothing on stdout", arguments: [
        (["--default", "host-modle"], "Error: --default: 'host-modle' is no target (did you mean 'host-model'?)"),
        (["--default", "max"], "Error: --default: 'max' is no target (did you mean 'maximum'?)"),
        (["--default", "two words"], "Error: --default: 'two words' is no CPU model: ' ' cannot stand in a name (names are letters, digits and . _ + -)"),
        (["--default", ""], "Error: --default: the name of a CPU model is missing"),
        (["--default"], "Error: Missing value for '--default <target>'"),
        (["--rule", "host-pasthrough=error"], "Error: --rule host-pasthrough=error: 'host-pasthrough' is no rule (did you mean 'host-passthrough'?)"),
        (["--rule", "host-passthrough=fatal"], "Error: --rule host-passthrough=fatal: ID=SEVERITY is wanted, with error, warning, note or off"),
        (["--rule", "host-passthrough"], "Error: --rule host-passthrough: ID=SEVERITY is wanted, with error, warning, note or off"),
        (["--config", "policy.yaml"], "Error: --config and --no-config exclude each other"),
        (["--fail-on", "erorr"], "Error: The value 'erorr' is invalid for '--fail-on <severity>'. Please provide one of 'error', 'warning', 'note' or 'never'."),
        (["--format", "xml"], "Error: The value 'xml' is invalid for '--format <format>'. Please provide one of 'text', 'json', 'json-lines', 'sarif' or 'github'."),
        (["--max-domain-size", "0"], "Error: The value '0' is invalid for '--max-domain-size <size>'"),
        (["--max-domain-size", "2G"], "Error: The value '2G' is invalid for '--max-domain-size <size>'"),
        (["--max-domain-size", "99999999999M"], "Error: The value '99999999999M' is invalid for '--max-domain-size <size>'"),
        (["--frobnicate"], "Error: Unknown option '--frobnicate'"),
        (["file.xml"], "Error: Unexpected argument 'file.xml'"),
        (["--host", "nowhere.xml"], "virt-cpu: error: nowhere.xml: no such file"),
        (["--host", "qemu:///system"], "virt-cpu: error: qemu:///system: hosts are read from files; save the output of virsh capabilities"),
    ])
    func usage(_ arguments: [String], _ message: String) {
        let outcome = Program(["filter", "--no-config"] + arguments, input: .text(Definitions.passthrough)).run()
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors.split(separator: "\n").first.map(String.init) == message)
    }

    @Test("Help and version are no mistakes", arguments: [
        (["--help"], "OVERVIEW: Judge and rewrite the <cpu>"), (["filter", "--help"], "OVERVIEW: Read domain XML from stdin"),
        (["check", "-h"], "OVERVIEW: Check domain XML"), (["--version"], "0."), ([], "OVERVIEW: Judge and rewrite"),
        (["explain"], "invalid-cpu"), (["explain", "host-passthrough"], "host-passthrough (warning): "),
    ])
    func help(_ arguments: [String], _ beginning: String) {
        let outcome = Program(arguments).run()
        #expect(outcome.status == 0)
        #expect(outcome.text.hasPrefix(beginning))
        #expect(outcome.errors == "")
    }

    @Test("An unknown command or rule: exit 2", arguments: [
        (["filtre"], "Error: Unexpected argument 'filtre'"),
        (["explain", "host-pasthrough"], "Error: 'host-pasthrough' is no rule (did you mean 'host-passthrough'?)"),
    ])
    func unknown(_ arguments: [String], _ message: String) {
        let outcome = Program(arguments).run()
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors.split(separator: "\n").first.map(String.init) == message)
    }
}
