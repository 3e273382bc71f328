import TestSupport
import Testing

/// How paths are named on the command line. What a check finds in them is tested in WorkTests.
@Suite("check")
struct CheckCommandTests {
    private let directory = TemporaryDirectory()

    private func check(_ arguments: String..., in place: String = "") -> Outcome {
        Program(["check", "--no-config", "--default", "keep"] + arguments, in: directory.path + place).run()
    }

    /// The files that findings are about, in the order in which they are printed.
    private func files(_ outcome: Outcome) -> [String] {
        outcome.text.split(separator: "\n").filter { $0.hasSuffix("[host-passthrough]") }.map { line in
            String(line[..<(line.firstRange(of: ":4:3: ")?.lowerBound ?? line.endIndex)])
        }
    }

    @Test("Without a path the current directory is checked, and names have no ./ before them")
    func currentDirectory() {
        for name in ["vms/b.xml", "vms/a/z.xml", "a.xml"] { directory.write(name, Definitions.passthrough) }
        #expect(files(check()) == ["a.xml", "vms/a/z.xml", "vms/b.xml"])
        #expect(files(check(".")) == ["a.xml", "vms/a/z.xml", "vms/b.xml"])
        #expect(files(check("vms", "a.xml")) == ["vms/a/z.xml", "vms/b.xml", "a.xml"])
        #expect(files(check("../a.xml", "a/z.xml", "..", in: "/vms")) == ["../a.xml", "a/z.xml", "../a.xml", "../vms/a/z.xml", "../vms/b.xml"])
        #expect(check("--fail-on", "warning").status == 1)
    }

    @Test("A name that looks like an option stands behind --")
    func dashes() {
        directory.write("-a.xml", Definitions.passthrough)
        #expect(files(check("--", "-a.xml")) == ["-a.xml"])
        #expect(files(check()) == ["-a.xml"])
    }

    @Test("Names that are not UTF-8 are taken byte by byte from the command line")
    func bytes() {
        let names = [[0x61, 0xfe], [0x61, 0xff], [0xc3, 0x28, 0x2f, 0xe9]].map { Array("vms/".utf8) + $0 + Array(".xml".utf8) } as [[UInt8]]
        for name in names { directory.write(name, Array(Definitions.passthrough.utf8)) }
        let shown = ["vms/a\u{fffd}.xml", "vms/a\u{fffd}.xml", "vms/\u{fffd}(/\u{fffd}.xml"]
        var program = Program(["check", "--no-config", "--default", "keep"], in: directory.path)
        program.arguments += names.reversed()
        let given = program.run()
        #expect(given.status == 0)
        #expect(given.complaints == "")
        #expect(files(given) == shown.reversed())
        directory.write(names[0], Array(Definitions.hostModel.utf8))
        #expect(files(program.run()) == [shown[2], shown[1]], "each of two names that look alike")
    }

    @Test("The policy is that of each file's directory, wherever the check runs")
    func policies() {
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
        for name in ["vms/a.xml", "vms/lab/b.xml", "vms/other/deep/f.xml"] { directory.write(name, Definitions.passthrough) }
        let outcome = Program(["check", "../a.xml", "deep/f.xml", "../lab/b.xml"], in: "\(directory.path)/vms/other").run()
        #expect(outcome.status == 1)
        #expect(outcome.text.split(separator: "\n").filter { $0.hasSuffix("[host-passthrough]") }.map { $0.prefix { $0 != "h" } } == ["../a.xml:4:3: error: ", "deep/f.xml:4:3: note: "])
    }
}
