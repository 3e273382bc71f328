import Glibc
import Reports
import SystemPackage
import TestSupport
import Testing

@testable import Work

@Suite("A check of files")
struct CheckTests {
    /// The files that findings are about, in the order in which they are printed.
    private func files(_ outcome: Outcome) -> [String] {
        outcome.text.split(separator: "\n").filter { $0.hasSuffix("[host-passthrough]") }.map { line in
            String(line[..<(line.firstRange(of: ":4:3: ")?.lowerBound ?? line.endIndex)])
        }
    }

    @Test("A file's findings go to stdout; nothing is rewritten")
    func file() {
        let directory = TemporaryDirectory()
        directory.write("a.xml", Definitions.passthrough)
        let outcome = check(["a.xml"], in: directory)
        #expect(outcome.status == 0)
        #expect(outcome.text == """
            a.xml:4:3: warning: host-passthrough gives the guest the CPU of the host that it starts on, so migration needs identical hosts [host-passthrough]
                4 |   <cpu mode='host-passthrough'/>
                  |   ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
                  = help: use host-model or name a model; for a guest that never migrates, turn this rule off in the policy

            """)
        #expect(outcome.complaints == "")
        #expect(check(["a.xml"], .testing { $0.leastCounted = .warning }, in: directory).status == 1)
        #expect(directory.text("a.xml") == Definitions.passthrough)
        let json = check(["a.xml"], .testing { $0.format = .jsonLines }, in: directory)
        #expect((try? JSON(json.text.dropLast()))?["file"] == .string("a.xml"))
    }

    @Test("What filter would change is a finding with a fix")
    func notDefault() throws {
        let settings = Settings.testing("host-model") { $0.format = .jsonLines }
        let outcome = check(["-"], settings, input: Definitions.passthrough, in: TemporaryDirectory())
        let findings = try outcome.text.split(separator: "\n").map { try JSON($0) }
        #expect(findings.contains { $0["rule"] == .string("cpu-not-default") && $0["fixable"] == .bool(true) && $0["file"] == .string("<stdin>") })
        #expect(outcome.status == 0)
    }

    @Test("Directories: every definition below, in byte order, without hidden ones, other names and other XML")
    func directories() {
        let directory = TemporaryDirectory()
        for name in ["vms/b.xml", "vms/a/z.xml", "vms/a.xml", "vms/B.xml", "vms/\u{e9}.xml", "vms/.git/x.xml", "vms/.hidden.xml", "vms/notes.txt", "vms/a/deep/er/c.xml", "vms/d.xml.bak"] {
            directory.write(name, Definitions.passthrough)
        }
        directory.write("vms/network.xml", "<network><name>default</name><cpu mode='host-passthrough'/></network>\n")
        directory.write("vms/capabilities.xml", String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self))
        directory.makeDirectory("vms/directory.xml")
        mkfifo("\(directory.path)/vms/fifo.xml", 0o600)
        let outcome = check(["vms"], in: directory)
        #expect(outcome.status == 0)
        #expect(files(outcome) == ["vms/B.xml", "vms/a.xml", "vms/a/deep/er/c.xml", "vms/a/z.xml", "vms/b.xml", "vms/\u{e9}.xml"])
        #expect(outcome.complaints == "")
        #expect(files(check(["vms/a/", "vms/d.xml.bak"], in: directory)) == ["vms/a/deep/er/c.xml", "vms/a/z.xml", "vms/d.xml.bak"])
    }

    @Test("Symbolic links: those to files are followed; loops and links to directories do no harm")
    func symbolicLinks() {
        let directory = TemporaryDirectory()
        directory.write("vms/a.xml", Definitions.passthrough)
        directory.write("elsewhere/b.xml", Definitions.passthrough)
        directory.link("vms/loop", to: ".")
        directory.link("vms/loop.xml", to: "loop.xml")
        directory.link("vms/up.xml", to: "..")
        directory.link("vms/dangling.xml", to: "nowhere")
        directory.link("vms/other", to: "../elsewhere")
        directory.link("vms/link.xml", to: "../elsewhere/b.xml")
        let outcome = check(["vms"], in: directory)
        #expect(outcome.status == 0)
        #expect(files(outcome) == ["vms/a.xml", "vms/link.xml"])
        #expect(outcome.complaints == "")
        let named = check(["vms/loop.xml"], in: directory)
        #expect(named.status == 2)
        #expect(named.complaints == "virt-cpu: error: vms/loop.xml: Too many levels of symbolic links\n")
    }

    @Test("- is the input, among other paths")
    func standardInput() {
        let directory = TemporaryDirectory()
        directory.write("a.xml", Definitions.passthrough)
        let outcome = check(["a.xml", "-"], input: Definitions.passthrough, in: directory)
        #expect(outcome.status == 0)
        #expect(files(outcome) == ["a.xml", "<stdin>"])
        #expect(outcome.text.contains("= domain g\n"), "a stream can hold many domains")
        let broken = check(["-", "a.xml"], input: "<domain>\n", in: directory)
        #expect(broken.status == 2)
        #expect(broken.complaints == "<stdin>:2:1: error: the input ends inside a document\n")
        #expect(files(broken) == ["a.xml"])
    }

    @Test("A file that cannot be read is reported, exit 2, and the others are checked")
    func unreadable() {
        let directory = TemporaryDirectory()
        directory.write("vms/a.xml", Definitions.passthrough)
        directory.write("vms/z.xml", Definitions.passthrough)
        // This file can be opened, by root too, and reading it fails.
        directory.link("vms/m.xml", to: "/proc/self/mem")
        let outcome = check(["none.xml", "vms", "none"], in: directory)
        #expect(outcome.status == 2)
        #expect(files(outcome) == ["vms/a.xml", "vms/z.xml"])
        #expect(outcome.complaints == """
            virt-cpu: error: none.xml: No such file or directory
            virt-cpu: error: cannot read vms/m.xml: Input/output error
            virt-cpu: error: none: No such file or directory

            """)
    }

    @Test("Without permission for one file or directory", .disabled(if: geteuid() == 0, "root reads everything"))
    func permission() {
        let directory = TemporaryDirectory()
        for name in ["vms/a.xml", "vms/b.xml", "vms/shut/c.xml", "vms/z.xml"] { directory.write(name, Definitions.passthrough) }
        chmod("\(directory.path)/vms/b.xml", 0)
        chmod("\(directory.path)/vms/shut", 0)
        let outcome = check(["vms"], in: directory)
        #expect(outcome.status == 2)
        #expect(files(outcome) == ["vms/a.xml", "vms/z.xml"])
        #expect(outcome.complaints == "virt-cpu: error: vms/shut: Permission denied\nvirt-cpu: error: vms/b.xml: Permission denied\n")
    }

    @Test("Directories that are nested too deep are reported, and the others are checked")
    func deep() {
        let directory = TemporaryDirectory()
        let names = Array(repeating: "d", count: 70).joined(separator: "/")
        directory.write("vms/\(names)/x.xml", Definitions.passthrough)
        directory.write("vms/a.xml", Definitions.passthrough)
        let outcome = check(["vms"], in: directory)
        #expect(outcome.status == 2)
        #expect(files(outcome) == ["vms/a.xml"])
        #expect(outcome.complaints == "virt-cpu: error: vms/\(Array(repeating: "d", count: 64).joined(separator: "/")): not searched: more than 64 levels of directories\n")
    }

    @Test("A path that is longer than the system accepts is reported, and the others are checked")
    func tooLong() throws {
        let directory = TemporaryDirectory()
        directory.write("good.xml", Definitions.passthrough)
        let name = String(repeating: "d", count: 250)
        var place = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for _ in 0..<20 {
            try #require(mkdirat(place, name, 0o755) == 0)
            let inner = openat(place, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            close(place)
            place = inner
        }
        close(place)
        let outcome = check(in: directory)
        #expect(outcome.status == 2)
        #expect(outcome.text.contains("good.xml"))
        #expect(outcome.errors.contains("File name too long"))
        // The temporary directory removes files by their paths, which are too long here.
        var remove = Program(["-rf", "\(directory.path)/\(name)"])
        remove.executable = "/bin/rm"
        #expect(remove.run().status == 0)
    }

    @Test("A malformed file: file, line and column, exit 2; its domains before the fault and the other files are checked")
    func malformed() {
        let directory = TemporaryDirectory()
        directory.write("vms/a.xml", Definitions.passthrough + "<domain>\n  <name>x</name>\n")
        directory.write("vms/b.xml", Definitions.passthrough)
        directory.write("vms/c.xml", "<!DOCTYPE domain [<!ENTITY a 'b'>]>\n<domain/>\n")
        directory.write("vms/d.xml", "")
        let outcome = check(["vms"], .testing { $0.leastCounted = .warning }, in: directory)
        #expect(outcome.status == 2)
        #expect(files(outcome) == ["vms/a.xml", "vms/b.xml"])
        #expect(outcome.complaints == """
            vms/a.xml:8:1: error: the input ends inside a document
            vms/c.xml:1:33: error: entity declarations are not allowed
            vms/d.xml:1:1: error: no XML document in the input

            """)
    }

    @Test("Names with spaces, line feeds, quotes, dashes", arguments: ["a b.xml", "a\nb.xml", "-a.xml", "a'\"b.xml", "a:1:2.xml", "\u{1b}[31m.xml", "\u{202e}.xml", ".xml"])
    func names(_ name: String) {
        let directory = TemporaryDirectory()
        directory.write("vms/\(name)", Definitions.passthrough)
        directory.write("vms/\(name)er", "<domain>")
        let shown = "vms/" + name.replacing("\n", with: "\u{240a}").replacing("\u{1b}", with: "\u{241b}").replacing("\u{202e}", with: "\u{fffd}")
        let all = check(["vms"], in: directory)
        #expect(all.status == 0)
        #expect(files(all) == (name == ".xml" ? [] : [shown]))
        #expect(files(check(["vms/\(name)"], in: directory)) == [shown])
        #expect(check(["vms/\(name)er"], in: directory).complaints == "\(shown)er:1:9: error: the input ends inside a document\n")
        #expect(check(["vms/\(name)est"], in: directory).complaints == "virt-cpu: error: \(shown)est: No such file or directory\n")
        let json = check(["vms/\(name)"], .testing { $0.format = .jsonLines }, in: directory)
        #expect((try? JSON(json.text.dropLast()))?["file"] == .string("vms/\(name)"))
    }

    @Test("Control characters of names never reach a terminal, those of C1 neither", arguments: ReportFormat.allCases)
    func controlCharacters(_ format: ReportFormat) throws {
        let directory = TemporaryDirectory()
        let name = "\u{9b}31m\u{7f}\u{1b}[31m.xml"
        directory.write(name, Definitions.passthrough)
        let outcome = check([name], .testing { $0.format = format }, in: directory)
        #expect(outcome.status == 0)
        #expect(outcome.text.contains("31m"))
        #expect(!outcome.text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7f..<0xa0).contains($0.value) })
        if format == .jsonLines { #expect(try JSON(outcome.text.dropLast())["file"] == .string(name)) }
    }

    @Test("Names that are not UTF-8, of files and of directories")
    func bytes() {
        let directory = TemporaryDirectory()
        let names = [[0x61, 0xfe], [0x61, 0xff], [0xc3, 0x28, 0x2f, 0xe9]].map { Array("vms/".utf8) + $0 + Array(".xml".utf8) } as [[UInt8]]
        for name in names { directory.write(name, Array(Definitions.passthrough.utf8)) }
        directory.write(Array("vms/".utf8) + [0xc3, 0x28, 0x2f] + Array(".virt-cpu.yaml".utf8), Array("rules: {host-passthrough: off}\n".utf8))
        let shown = ["vms/a\u{fffd}.xml", "vms/a\u{fffd}.xml", "vms/\u{fffd}(/\u{fffd}.xml"]
        #expect(files(check(["vms"], in: directory)) == shown)
        let policed = check(["vms"], .discovering("keep"), in: directory)
        #expect(policed.status == 0)
        #expect(files(policed) == Array(shown.prefix(2)), "a policy beside them is found")
        var request = CheckRequest()
        request.paths = names.reversed().map { FilePath(bytes: Array("\(directory.path)/".utf8) + $0) }
        let named = outcome { try request.run(.testing(), $0) }.without(directory)
        #expect(named.status == 0 && named.complaints == "")
        #expect(files(named) == shown.reversed())
    }

    // MARK: Policies

    @Test("Each file has the policy of its directory, with path patterns from where the policy lies")
    func policies() {
        let directory = TemporaryDirectory()
        directory.makeDirectory(".git")
        directory.write(".virt-cpu.yaml", """
            default: keep
            guests:
              - match: {path: "vms/lab/**"}
                rules: {host-passthrough: off}
              - match: {path: "vms/*.xml"}
                rules: {host-passthrough: error}

            """)
        directory.write("vms/other/.virt-cpu.yaml", "default: keep\nrules: {host-passthrough: note}\n")
        for name in ["vms/a.xml", "vms/lab/b.xml", "vms/lab/deep/c.xml", "vms/new/d.xml", "vms/other/e.xml", "vms/other/deep/f.xml"] {
            directory.write(name, Definitions.passthrough)
        }
        func severities(_ paths: [String]) -> [String] {
            let outcome = check(paths, .discovering(), in: directory)
            #expect(outcome.complaints == "")
            #expect(outcome.status == 1)
            return outcome.text.split(separator: "\n").filter { $0.hasSuffix("[host-passthrough]") }.map { line in
                line.split(separator: ":", omittingEmptySubsequences: false).prefix(4).enumerated()
                    .filter { $0.offset == 0 || $0.offset == 3 }.map { String($0.element) }.joined()
            }
        }
        #expect(severities(["vms"]) == ["vms/a.xml error", "vms/new/d.xml warning", "vms/other/deep/f.xml note", "vms/other/e.xml note"])
        // The same files by other spellings.
        #expect(severities(["vms/other/../a.xml", "vms/other/deep/f.xml", "vms/other/../lab/b.xml"]) == ["vms/other/../a.xml error", "vms/other/deep/f.xml note"])
    }

    @Test("A wrong policy fails only the files of its directory, and is reported once")
    func wrongPolicy() {
        let directory = TemporaryDirectory()
        directory.makeDirectory(".git")
        directory.write("bad/.virt-cpu.yaml", "defualt: keep\n")
        directory.write("bad/a.xml", Definitions.passthrough)
        directory.write("bad/b.xml", Definitions.passthrough)
        directory.write("good/.virt-cpu.yaml", "default: keep\n")
        directory.write("good/c.xml", Definitions.passthrough)
        let outcome = check(["."], .discovering(), in: directory)
        #expect(outcome.status == 2)
        #expect(files(outcome) == ["good/c.xml"])
        #expect(outcome.complaints.split(separator: "\n").filter { $0.hasPrefix("bad/.virt-cpu.yaml:1:1: error: unknown key") }.count == 1)
    }

    // MARK: Threads

    @Test("One thread and several print the same bytes")
    func threads() {
        let directory = TemporaryDirectory()
        for index in 0..<200 {
            let cpu = ["<cpu mode='host-passthrough'/>", "<cpu><model>Haswel</model></cpu>", "<cpu mode='host-model'/>", "<cpu"][index % 4]
            directory.write("vms/\(index % 7)/\(index).xml", Definitions.guest(cpu, name: "g\(index)", type: index % 9 == 0 ? "xen" : "kvm"))
        }
        let one = check(["vms"], .testing(nil), jobs: 1, in: directory)
        for jobs in [2, 3, 16] {
            let several = check(["vms"], .testing(nil), jobs: jobs, in: directory)
            #expect(several.output == one.output)
            #expect(several.status == one.status)
            #expect(several.errors.split(separator: "\n").sorted() == one.errors.split(separator: "\n").sorted())
        }
        #expect(one.status == 2)
        #expect(!one.text.isEmpty)
    }

    // MARK: The closing line

    @Test("The closing line is for people: not with --quiet, not in other formats")
    func closing() {
        let directory = TemporaryDirectory()
        directory.write("a.xml", Definitions.passthrough)
        #expect(check(in: directory).errors == "1 warning (1 domain, 1 file)\npolicy: none\n")
        #expect(check(["."], .testing { $0.isQuiet = true }, in: directory).errors == "")
        #expect(check(["."], .testing { $0.format = .json }, in: directory).errors == "")
        #expect(check(["none.xml"], in: directory).errors == "virt-cpu: error: none.xml: No such file or directory\n", "nothing was judged")
    }

    @Test("An output that cannot be written ends the check, and is reported once")
    func unwritable() {
        let directory = TemporaryDirectory()
        for index in 0..<40 { directory.write("\(index).xml", Definitions.passthrough) }
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC), errors = ScratchFile()
        defer { close(full) }
        var request = CheckRequest()
        request.paths = [FilePath(directory.path)]
        let error = #expect(throws: IOFailure.self) {
            try request.run(.testing(), Channels(input: -1, output: full, errors: errors.descriptor))
        }
        #expect(error?.shown == "virt-cpu: error: cannot write to stdout: No space left on device")
        #expect(errors.contents == [])
    }
}
