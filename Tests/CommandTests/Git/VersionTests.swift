import Glibc
import TestSupport
import Testing

@Suite("check of git's versions")
struct VersionTests {
    private let keep = "default: keep\nrules: {guest-cpu-change: off}\n"
    /// A definition with one finding, an error.
    private let wrong = Definitions.guest("<cpu mode='host-model' check='no'/>", name: "wrong")
    private let windows = Definitions.guest("<cpu><model fallback='forbid'>EPYC</model></cpu>", name: "w", extra: "  <features><hyperv><relaxed state='on'/></hyperv></features>\n")

    @Test("The first commit: everything staged is judged, nothing is a change")
    func first() {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", keep)
        repository.write("vms/a.xml", Definitions.passthrough)
        repository.git("add", "-A")
        let outcome = repository.check("--staged")
        #expect(outcome.findings == ["vms/a.xml host-passthrough"])
        #expect(outcome.status == 0)
    }

    @Test("Only what is staged is judged, as it is staged")
    func partial() {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", keep)
        for name in ["a", "b", "c"] { repository.write("vms/\(name).xml", Definitions.passthrough) }
        repository.commit()
        #expect(repository.check("--staged").findings == [])
        repository.write("vms/b.xml", wrong)
        repository.git("add", "-A")
        repository.write("vms/b.xml", Definitions.hostModel)
        repository.write("vms/c.xml", wrong)
        let outcome = repository.check("--staged")
        #expect(outcome.findings == ["vms/b.xml invalid-cpu"], "the staged version, not the work tree's")
        #expect(outcome.status == 1)
        #expect(repository.check("--staged", "vms/a.xml").findings == [])
        #expect(repository.check("--staged", "vms").findings == ["vms/b.xml invalid-cpu"])
        #expect(repository.check("--staged", "b.xml", in: "/vms").findings == ["b.xml invalid-cpu"])
        repository.directory.makeDirectory("other/deep")
        #expect(repository.check("--staged", in: "/other/deep").findings == ["../../vms/b.xml invalid-cpu"])
    }

    @Test("Links that lead nowhere, submodules, deleted, hidden and other files are skipped")
    func others() {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", keep)
        repository.write("gone.xml", wrong)
        repository.commit()
        unlink("\(repository.path)/gone.xml")
        repository.directory.link("link.xml", to: "nothing.txt")
        for name in ["real.txt", ".hidden/x.xml", "a/.b/c.xml", ".x.xml"] { repository.write(name, wrong) }
        repository.git("add", "-A")
        repository.git("update-index", "--add", "--cacheinfo", "160000,1234567890123456789012345678901234567890,sub.xml")
        let outcome = repository.check("--staged")
        #expect(outcome.text == "")
        #expect(outcome.status == 0)
        #expect(repository.check("--staged", "real.txt").findings == ["real.txt invalid-cpu"], "a named file may have any name")
    }

    @Test("Names are bytes: line feeds, quotes, tabs, what is not UTF-8")
    func names() {
        let repository = TestRepository()
        let names: [[UInt8]] = ["a\nb.xml", "q\"'.xml", "t\t.xml", "-x.xml", " .xml", "\u{e9}.xml"].map { Array($0.utf8) } + [[0x66, 0xff] + Array(".xml".utf8)]
        for (index, name) in names.enumerated() {
            repository.directory.write(name, Array(wrong.replacing(">wrong<", with: ">\(index)<").utf8))
        }
        repository.git("add", "-A")
        let outcome = repository.check("--staged", "--no-config", "--default", "keep", "--format", "json-lines", "--rule", "fallback-allow=off")
        #expect(outcome.status == 1)
        #expect(outcome.complaints == "")
        let files = outcome.text.split(separator: "\n").compactMap { try? JSON($0) }.compactMap { $0["file"] }
        #expect(files.count == names.count)
        #expect(files.contains(.string("a\nb.xml")))
        repository.commit()
        #expect(repository.check("--rev", "HEAD", "--no-config", "-q").status == 1)
        #expect(repository.check("--rev", "HEAD", "--no-config", "-q", "--", "-x.xml").status == 1)
    }

    @Test("A file that a merge left unresolved cannot be checked")
    func unmerged() {
        let repository = TestRepository()
        repository.write("a.xml", Definitions.passthrough)
        repository.commit()
        repository.git("checkout", "-q", "-b", "other")
        repository.write("a.xml", Definitions.hostModel)
        repository.commit()
        repository.git("checkout", "-q", "main")
        repository.write("a.xml", Definitions.guest("<cpu mode='maximum'/>"))
        repository.commit()
        #expect(repository.attempt(["merge", "-q", "other"]).status == 1)
        let outcome = repository.check("--staged")
        #expect(outcome.status == 2)
        #expect(outcome.errors == "virt-cpu: error: a.xml: unmerged: resolve the conflict first\n")
    }

    @Test("A changed CPU of a Windows guest is found through renames and moves between files")
    func followed() {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", keep)
        repository.write("vms/w.xml", windows)
        repository.write("vms/other.xml", Definitions.hostModel)
        repository.commit()
        let changed = windows.replacing(">EPYC<", with: ">EPYC-IBPB<")
        unlink("\(repository.path)/vms/w.xml")
        repository.write("elsewhere/x.xml", changed)
        repository.git("add", "-A")
        let moved = repository.check("--staged")
        #expect(moved.findings == ["elsewhere/x.xml windows-cpu-change"])
        #expect(moved.text.contains("earlier version: vms/w.xml"))
        #expect(moved.status == 1)
        // The same move without a change.
        repository.write("elsewhere/x.xml", windows)
        repository.git("add", "-A")
        #expect(repository.check("--staged").text == "")
        repository.commit()
        repository.write("elsewhere/x.xml", changed)
        #expect(repository.check("--against", "HEAD", "elsewhere").findings == ["elsewhere/x.xml windows-cpu-change"])
        #expect(repository.check("--against", "HEAD~1", "elsewhere").findings == ["elsewhere/x.xml windows-cpu-change"])
        repository.commit()
        #expect(repository.check("--rev", "HEAD", "--against", "HEAD~2").findings == ["elsewhere/x.xml windows-cpu-change"])
        #expect(repository.check("--rev", "HEAD", "--against", "HEAD").text == "")
        #expect(repository.check("--rev", "HEAD").status == 0, "alone a revision is judged whole, and against nothing")
        // Against files.
        repository.write("old/w.xml", windows)
        #expect(repository.check("--against", "./old", "elsewhere").findings == ["elsewhere/x.xml windows-cpu-change"])
        #expect(repository.check("--rev", "HEAD", "--against", "./old/w.xml", "elsewhere").findings == ["elsewhere/x.xml windows-cpu-change"])
    }

    @Test("A file that is new in git is a new guest, in which nothing is installed: the default applies")
    func newGuests() {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", "default: host-model\n")
        repository.write("a.xml", Definitions.hostModel)
        repository.commit()
        repository.write("w.xml", windows)
        repository.git("add", "-A")
        let new = repository.check("--staged")
        #expect(new.findings.contains("w.xml cpu-not-default"))
        #expect(!new.findings.contains("w.xml windows-rewrite-withheld"))
        repository.commit()
        repository.write("w.xml", windows + "\n")
        repository.git("add", "-A")
        let old = repository.check("--staged")
        #expect(old.findings.contains("w.xml windows-rewrite-withheld"))
        #expect(!old.findings.contains("w.xml cpu-not-default"))
    }

    @Test("If an earlier version cannot be read, no guest is taken for new")
    func unreadableEarlier() {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", "default: host-model\n")
        repository.write("w.xml", "<domain")
        repository.commit()
        repository.write("w.xml", windows)
        repository.git("add", "-A")
        let outcome = repository.check("--staged")
        #expect(outcome.complaints.contains("the earlier version cannot be read"))
        #expect(outcome.findings.contains("w.xml windows-rewrite-withheld"))
    }

    @Test("A domain that two files define is reported")
    func duplicates() {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", keep)
        repository.write("a.xml", Definitions.hostModel)
        repository.write("b.xml", Definitions.hostModel)
        repository.git("add", "-A")
        #expect(repository.check("--staged").complaints == "virt-cpu: note: domain g is defined in a.xml, b.xml\n")
    }

    @Test("In a bare repository, policies come only from the revision that --policy-rev names")
    func bare() {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", "default: keep\nmigration: true\nhosts: [hosts/*.xml]\nrules: {host-passthrough: error}\nguests: [{match: {path: 'lab/**'}, rules: {host-passthrough: off}}]\n")
        repository.write("hosts/hv01.capabilities.xml", String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self))
        repository.write("vms/a.xml", Definitions.passthrough)
        repository.write("lab/b.xml", Definitions.passthrough.replacing(">g<", with: ">h<"))
        repository.commit()
        repository.write("other/.virt-cpu.yaml", "default: keep\nrules: {host-passthrough: note}\n")
        repository.write("other/c.xml", Definitions.passthrough.replacing(">g<", with: ">i<"))
        repository.commit()
        repository.git("clone", "-q", "--bare", ".", "server.git")
        let plain = repository.check("--rev", "main", "--default", "keep", in: "/server.git")
        #expect(plain.findings == ["lab/b.xml host-passthrough", "other/c.xml host-passthrough", "vms/a.xml host-passthrough"])
        #expect(plain.status == 0, "not the pushed tree's policy")
        let policed = repository.check("--rev", "main", "--policy-rev", "main", in: "/server.git")
        #expect(policed.text.split(separator: "\n").filter { $0.hasSuffix("]") }.map { $0.split(separator: ":")[3] } == [" note", " error"])
        #expect(policed.findings == ["other/c.xml host-passthrough", "vms/a.xml host-passthrough"])
        #expect(policed.status == 1)
        let earlier = repository.check("--rev", "main", "--policy-rev", "main~1", in: "/server.git")
        #expect(earlier.findings == ["other/c.xml host-passthrough", "vms/a.xml host-passthrough"])
        #expect(earlier.text.contains("other/c.xml:4:3: error:"), "the policy of that revision")
        #expect(repository.check("--staged", in: "/server.git").status == 2, "it has no index to speak of")
    }

    @Test("A policy from a revision reads nothing outside the revision", arguments: [
        ("hosts: [../outside.xml]", "can leave the policy's directory"),
        ("hosts: [/etc/hostname]", "is not relative to the policy's directory"),
        ("hosts: [link.xml]", "link.xml leads to the symbolic link HEAD:vms/link.xml, which is not followed in a revision"),
        ("hosts: ['qemu+ext:///?command=touch%20canary']", "qemu+ext"),
        ("hosts: ['qemu:///system']", "URI"),
    ])
    func policyTree(_ policy: String, _ message: String) {
        let repository = TestRepository()
        repository.write("outside.xml", "<capabilities/>")
        repository.write("vms/.virt-cpu.yaml", policy + "\n")
        repository.directory.link("vms/link.xml", to: "../outside.xml")
        repository.write("vms/a.xml", Definitions.passthrough)
        repository.commit()
        let outcome = repository.check("--rev", "HEAD", "--policy-rev", "HEAD")
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("HEAD:vms/.virt-cpu.yaml:1:"), "\(outcome.errors)")
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(access("\(repository.path)/canary", F_OK) != 0)
    }

    @Test("Words that are no revision and no path", arguments: [
        (["--rev", "nothing"], "virt-cpu: error: nothing: not a commit or tree of this repository\n"),
        (["--rev=-x"], "virt-cpu: error: -x: not a commit or tree of this repository\n"),
        (["--against", "nothing"], "virt-cpu: error: --against nothing: neither a revision nor a path\n"),
        (["--staged", "../x"], "virt-cpu: error: ../x: the path is outside the repository\n"),
        (["--staged", "/etc"], "virt-cpu: error: /etc: the path is outside the repository\n"),
        (["--against", "main"], "virt-cpu: error: --against main: both a revision and a path; write ./main for the path\n"),
    ])
    func refused(_ arguments: [String], _ message: String) {
        let repository = TestRepository()
        repository.write("main/a.xml", Definitions.passthrough)
        repository.commit()
        var program = Program(["check"] + arguments, in: repository.path)
        program.environment = ["HOME=\(repository.path)"]
        let outcome = program.run()
        #expect(outcome.errors == message)
        #expect(outcome.status == 2)
        #expect(outcome.text == "")
    }

    @Test("Outside a repository git's message is shown; a missing git is called missing")
    func noRepository() {
        let directory = TemporaryDirectory()
        let outcome = Program(["check", "--staged"], in: directory.path).run()
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("virt-cpu: error: git: not a git repository"))
        var program = Program(["check", "--staged"], in: directory.path)
        program.environment = ["PATH=\(directory.path)"]
        #expect(program.run().errors.contains("git is not installed"))
    }

    @Test("An id of zeros, of either length, is a commit that does not exist", arguments: [40, 64])
    func zero(_ count: Int) {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", keep)
        repository.write("w.xml", windows)
        repository.commit()
        let outcome = repository.check("--rev", "HEAD", "--against", String(repeating: "0", count: count))
        #expect(outcome.status == 0)
        #expect(outcome.complaints == "")
    }
}
