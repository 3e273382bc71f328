import Lint
import Reports
import TestSupport
import Testing
import Work

@Suite("A filtered stream")
struct FilterTests {
    static let warning = "<stdin>:4:3: warning: host-passthrough gives the guest the CPU of the host that it starts on, so migration needs identical hosts [host-passthrough]\n"

    @Test("Each domain is rewritten to the default, and stderr says so")
    func rewrites() {
        let outcome = filter(Definitions.passthrough, .testing("host-model"))
        #expect(outcome.status == 0)
        #expect(outcome.text == Definitions.hostModel)
        #expect(outcome.errors == """
            <stdin>:4:3: note: rewritten from host-passthrough to host-model [cpu-not-default]
                4 |   <cpu mode='host-passthrough'/>
                  |   ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
                  = domain g

            """)
    }

    @Test("A file that is named is filtered by its directory's policy, and findings name it")
    func files() {
        let directory = TemporaryDirectory()
        directory.write(".virt-cpu.yaml", "default: host-model")
        let file = directory.write("vm.xml", Definitions.passthrough)
        let named = outcome(input: Array("not read".utf8)) { try FilterJob(.discovering(), of: file, $0).run() }
        #expect(named.status == 0)
        #expect(named.text == Definitions.hostModel)
        #expect(named.errors.hasPrefix("\(file):4:3: note: rewritten from host-passthrough to host-model [cpu-not-default]\n"))
        #expect(directory.text("vm.xml") == Definitions.passthrough)
        let shown = outcome { try FilterJob(.discovering(), of: file, $0).showPolicy() }
        #expect(shown.text.contains("default: host-model"))
    }

    @Test("A file that cannot be read is an error that names it", arguments: [
        ("missing.xml", "virt-cpu: error: FILE: No such file or directory\n"), ("", "virt-cpu: error: FILE: this is a directory: name a file in it\n"),
        ("broken.xml", "FILE:1:9: error: the input ends inside a document\n"),
    ])
    func unreadableFiles(_ name: String, _ message: String) {
        let directory = TemporaryDirectory()
        directory.write("broken.xml", "<domain>")
        let ended = outcome { try FilterJob(.testing(), of: "\(directory.path)/\(name)", $0).run() }
        #expect(ended.status == 2 && ended.output == [])
        #expect(ended.errors == message.replacing("FILE", with: name.isEmpty ? directory.path : "\(directory.path)/\(name)"))
    }

    @Test("A domain with an error is withheld, exit 1; the others are written")
    func refuses() {
        let outcome = filter(Definitions.passthrough + Definitions.invalid + Definitions.hostModel, .testing("keep"))
        #expect(outcome.status == 1)
        #expect(outcome.text == Definitions.passthrough + Definitions.hostModel)
        #expect(outcome.errors.contains("<stdin>:9:48: error: feature 'pcid' is listed more than once [duplicate-feature]\n"))
        #expect(outcome.errors.hasSuffix("virt-cpu: error: withheld because of its findings: domain bad\n"))
    }

    @Test("Documents of a stream are withheld one by one; the others are written whole")
    func stream() {
        let documents = [
            Definitions.passthrough, "<?xml version='1.0'?>\n" + Definitions.invalid, "\n\n<!-- two -->\n" + Definitions.hostModel,
            Definitions.invalid, "\0" + Definitions.passthrough,
        ]
        let outcome = filter(documents.joined(), .testing("keep") { $0.isQuiet = true })
        #expect(outcome.status == 1)
        #expect(outcome.text == documents[0] + documents[2].dropFirst(2) + documents[4].dropFirst())
        #expect(outcome.errors.split(separator: "\n").filter { $0 == "virt-cpu: error: withheld because of its findings: domain bad" }.count == 2)
    }

    @Test("An error that the rewrite fixes is none any more")
    func fixedByTheRewrite() {
        let guest = Definitions.guest("<cpu mode='host-passthrough'/>", type: "qemu")
        let outcome = filter(guest, .testing("maximum"))
        #expect(outcome.status == 0)
        #expect(outcome.text.contains("<cpu mode='maximum'/>"))
        #expect(filter(guest, .testing("keep")).status == 1)
    }

    @Test("Findings of the stated severity or a higher one make the exit status 1", arguments: [
        (.error, "warning", 0), (.warning, "warning", 1), (.note, "warning", 1), (nil, "warning", 0),
        (.error, "error", 1), (nil, "error", 0), (.warning, "note", 0), (.note, "note", 1), (.note, "off", 0),
    ] as [(Severity?, String, Int32)])
    func failOn(_ least: Severity?, _ severity: String, _ status: Int32) {
        let outcome = filter(
            Definitions.passthrough, .testing("keep", rules: ["host-passthrough=\(severity)"]) { $0.leastCounted = least })
        #expect(outcome.status == status)
        #expect(outcome.text == (status == 0 ? Definitions.passthrough : ""))
        #expect(outcome.errors.contains("\(severity): host-passthrough") == (severity != "off"))
        #expect(outcome.errors.contains("withheld") == (status == 1))
    }

    @Test("A quiet run prints only the findings that count")
    func quiet() {
        #expect(filter(Definitions.passthrough, .testing("keep") { $0.isQuiet = true }).errors == "")
        let noHost = filter(Definitions.passthrough, .testing("host-model-only") {
            $0.ignoresLocalMachine = true
            $0.isQuiet = true
        })
        #expect(noHost.errors == "", "the remark that no host is known")
        let counted = filter(Definitions.passthrough, .testing("keep") {
            $0.isQuiet = true
            $0.leastCounted = .warning
        })
        #expect(counted.errors.hasPrefix(Self.warning))
        #expect(counted.errors.hasSuffix("virt-cpu: error: withheld because of its findings: domain g\n"))
    }

    @Test("Without a default guests keep their CPU, and the remark about it is printed once")
    func noDefault() {
        let outcome = filter(Definitions.hostModel + Definitions.hostModel, .testing(nil) { $0.ignoresLocalMachine = true })
        #expect(outcome.status == 0)
        #expect(outcome.text == Definitions.hostModel + Definitions.hostModel)
        #expect(outcome.errors == "virt-cpu: note: no default is configured: guests that state no CPU, or the one that libvirt writes for none, get host-model-only; all others keep theirs (set 'default' in a policy, or use --default)\n")
    }

    @Test("Without a host nothing is rewritten to a default that needs one, and the remark about it is printed once")
    func noHost() {
        let outcome = filter(Definitions.hostModel + Definitions.hostModel, .testing("host-model-only") { $0.ignoresLocalMachine = true })
        #expect(outcome.status == 0)
        #expect(outcome.text == Definitions.hostModel + Definitions.hostModel)
        #expect(outcome.errors == "virt-cpu: note: cannot apply host-model-only: no host given (use --host with the output of virsh capabilities)\n")
    }

    @Test("json-lines: an object per line with the documented fields")
    func jsonLines() throws {
        let name = "a\"b\\c\u{e9}"
        let input = Definitions.guest("<cpu mode='host-passthrough'/>", name: name, extra: "  <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>\n")
        let outcome = filter(Definitions.passthrough + input, .testing("host-model") { $0.format = .jsonLines })
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

    @Test("Formats with a frame have it around the findings of all domains, and around none", arguments: [
        (Definitions.passthrough + Definitions.passthrough, 2), (Definitions.hostModel, 0),
    ])
    func frames(_ input: String, _ count: Int) throws {
        for format in [ReportFormat.json, .sarif] {
            let outcome = filter(input, .testing("keep") { $0.format = format })
            let report = try JSON(outcome.errors.replacing("\n", with: "").replacing(", {", with: ",{"))
            let findings: JSON? = if case .array(let runs)? = report["runs"] { runs[0]["results"] } else { report }
            guard case .array(let items)? = findings else {
                Issue.record("no list of findings: \(outcome.errors)")
                continue
            }
            #expect(items.count == count)
        }
    }

    @Test("Colour: always, never, and by the terminal, which is none here")
    func color() {
        #expect(filter(Definitions.passthrough, .testing { $0.color = .always }).errors.contains("\u{1b}[33mwarning\u{1b}[0m"))
        for choice in [Settings.ColorChoice.never, .auto] {
            #expect(filter(Definitions.passthrough, .testing { $0.color = choice }).errors.hasPrefix(Self.warning))
        }
    }

    @Test("Text from a definition cannot steer the terminal")
    func controlCharacters() {
        // XML allows only the control characters of C1.
        let guest = Definitions.guest("<cpu mode='host-passthrough'/>", name: "a\u{9b}31mb\u{202e}c")
        let outcome = filter(guest, .testing("host-model"))
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("= domain a\u{fffd}31mb\u{fffd}c\n"))
    }

    @Test("Windows guests are rewritten only where they are new")
    func newGuest() {
        let windows = Definitions.guest("<cpu mode='host-passthrough'/>", extra: "  <clock offset='localtime'><timer name='hypervclock' present='yes'/></clock>\n")
        let withheld = filter(windows, .testing("host-model"))
        #expect(withheld.status == 0)
        #expect(withheld.text == windows)
        #expect(withheld.errors.contains("[windows-rewrite-withheld]"))
        #expect(withheld.errors.contains("= treated as Windows: likely, by timer hypervclock\n"))
        let new = filter(windows, .testing("host-model") { $0.judgesNewGuests = true })
        #expect(new.status == 0)
        #expect(new.text == windows.replacing("passthrough", with: "model"))
        #expect(!new.errors.contains("[windows-rewrite-withheld]"))
    }

    @Test("Malformed input is in a report for programs, which is all that stands on the error channel")
    func malformedInReport() throws {
        let outcome = filter(Definitions.hostModel + "<domain", .testing("keep") { $0.format = .json })
        #expect(outcome.status == 2 && outcome.text == Definitions.hostModel)
        let findings = try JSON(outcome.errors.replacing("\n ", with: "").replacing("\n", with: "")).items
        #expect(findings.map { $0["rule"] } == [.string("not-judged")])
    }

    @Test("What keeps the filter from its work is in a report for programs, which is all that stands on the error channel", arguments: [
        (["rules: {nope: error}"], [], "policy.yaml"), ([], ["<capabilities><host>"], "host.xml"), ([], [], "missing.xml"),
    ] as [([String], [String], String)])
    func failureInReport(_ policy: [String], _ host: [String], _ file: String) throws {
        let directory = TemporaryDirectory()
        let settings = Settings.testing(hosts: host.map { directory.write("host.xml", $0) }) {
            $0.format = .json
            $0.ignoresPolicies = policy.isEmpty
            $0.policyFile = policy.first.map { directory.write("policy.yaml", $0) }
        }
        let input = file == "missing.xml" ? "\(directory.path)/\(file)" : "-"
        let outcome = outcome(input: Array(Definitions.hostModel.utf8)) { try FilterJob(settings, of: input, $0).run() }
        #expect(outcome.status == 2 && outcome.text == "")
        let findings = try JSON(spaced: outcome.errors).items
        #expect(findings.map { $0["rule"] } == [.string("not-judged")])
        #expect(findings.first?["file"] == .string("\(directory.path)/\(file)"))
    }

    @Test("Input without a domain is written as it is, and that is said", arguments: [
        "<cpu mode='host-model'/>\n", "<capabilities/>\n", String(repeating: "<network>\(String(repeating: " ", count: 2000))</network>\n", count: 700),
    ])
    func noDomain(_ text: String) {
        let outcome = filter(text, .testing("host-model"))
        #expect(outcome.status == 0 && outcome.text == text)
        #expect(outcome.errors == "virt-cpu: note: the input holds no <domain>, so it is written as it is\n")
        #expect(filter(text, .testing("host-model") { $0.isQuiet = true }).errors == "")
        #expect(filter(text, .testing("host-model") { $0.format = .json }).errors == "[]\n")
        #expect(filter(text + Definitions.hostModel, .testing("host-model")).errors == "")
    }

    @Test("A single domain beyond the limit is refused, with the place where it starts")
    func maximumDomainSize() {
        let large = Definitions.guest("<cpu mode='host-model'/>", extra: "<!-- \(String(repeating: "x", count: 200 << 10)) -->\n")
        let outcome = filter(Definitions.hostModel + large, .testing("keep") { $0.maximumDomainSize = 100 << 10 })
        #expect(outcome.status == 2)
        #expect(outcome.text == Definitions.hostModel)
        #expect(outcome.errors == "<stdin>:6:1: error: a domain is larger than 102400 bytes (see --max-domain-size)\n")
        #expect(filter(large, .testing("keep") { $0.maximumDomainSize = 1 << 20 }).text == large)
    }

    @Test("A model that libvirt does not know, and a host file that does not exist: exit 2, nothing written", arguments: [
        (Settings.testing("Haswel"), "virt-cpu: error: --default: libvirt does not know the CPU model 'Haswel' (did you mean 'Haswell'?)\n"),
        (.testing(hosts: ["/nowhere.xml"]), "virt-cpu: error: /nowhere.xml: no such file\n"),
    ])
    func refused(_ settings: Settings, _ message: String) {
        let outcome = filter(Definitions.passthrough, settings)
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors == message)
    }
}
