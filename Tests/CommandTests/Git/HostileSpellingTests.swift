import Glibc
import TestSupport
import Testing

/// Names and contents that Swift, git and Linux could read differently.
@Suite("A hostile push with odd spellings")
struct HostileSpellingTests {
    private static let none = String(repeating: "0", count: 40)
    private static let policy = "default: keep\nrules: {host-passthrough: error}\n"

    /// A repository with a policy and these files, committed.
    private func repository(_ files: [(name: String, text: String)] = [], policy: String = HostileSpellingTests.policy) -> TestRepository {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", policy)
        for file in files { repository.write(file.name, file.text) }
        repository.commit()
        return repository
    }

    private func push(_ repository: TestRepository, _ lines: String) -> Outcome {
        Program(["hook", "pre-receive"], input: .text(lines), in: repository.path).run()
    }

    // MARK: Names that are equal to Swift

    @Test("A branch is checked whatever characters its name begins with", arguments: ["\u{FE0F}main", "\u{301}x", "\u{200D}"])
    func branchName(_ name: String) {
        let repository = repository([("vm.xml", Definitions.hostModel)])
        let old = repository.head
        repository.git("checkout", "-q", "-b", "topic")
        repository.write("vm.xml", Definitions.passthrough)
        repository.commit()
        let new = repository.head
        repository.git("symbolic-ref", "HEAD", "refs/heads/main")
        for before in [Self.none, old] {
            let outcome = push(repository, "\(before) \(new) refs/heads/\(name)\n")
            #expect(outcome.status == 1 && outcome.text.contains("[host-passthrough]"), "\(outcome.errors)")
        }
    }

    @Test("Policies are compared in each of two directories whose names look the same")
    func directories() {
        let names = ["\u{e1}", "a\u{301}"]
        let repository = repository(names.map { ("\($0)/.virt-cpu.yaml", "rules: {host-passthrough: error}\n") })
        let old = repository.head
        for name in names { repository.write("\(name)/.virt-cpu.yaml", "rules: {host-passthrough: off}\n") }
        repository.commit()
        let outcome = push(repository, "\(old) \(repository.head) refs/heads/main\n")
        #expect(outcome.text.ranges(of: "[policy-loosened]").count == 2, "\(outcome.text)\(outcome.errors)")
    }

    @Test("A guest is not taken for another one whose name looks the same")
    func guestNames() {
        func windows(_ name: String, _ model: String) -> String {
            Definitions.guest(
                "<cpu><model>\(model)</model></cpu>", name: name, extra: "<features><hyperv><relaxed state='on'/></hyperv></features>")
        }
        let repository = repository([("win.xml", windows("\u{e1}", "Skylake-Client-noTSX-IBRS"))])
        let old = repository.head
        repository.git("mv", "win.xml", "z.xml")
        repository.write("z.xml", windows("\u{e1}", "EPYC"))
        repository.write("a.xml", windows("a\u{301}", "Skylake-Client-noTSX-IBRS"))
        repository.commit()
        let outcome = push(repository, "\(old) \(repository.head) refs/heads/main\n")
        #expect(outcome.status == 1 && outcome.text.contains("z.xml:4:3: error: ") && outcome.text.contains("[windows-cpu-change]"), "\(outcome.text)\(outcome.errors)")
    }

    // MARK: Symbolic links

    @Test("A link whose target contains a NUL is refused: Linux ends the target there", arguments: [["zz.xml"], ["a"]])
    func zeroInLink(_ names: [String]) {
        let repository = repository([("data", Definitions.hostModel)])
        let old = repository.head
        repository.write("data", Definitions.passthrough)
        if names == ["a"] { #expect(symlink("a", "\(repository.path)/zz.xml") == 0) }
        repository.git("add", "-A")
        repository.directory.write(Array("target".utf8), Array("data\0".utf8))
        let id = repository.git("hash-object", "-w", "target").dropLast()
        for name in names { repository.git("update-index", "--add", "--cacheinfo", "120000,\(id),\(name)") }
        repository.git("commit", "-q", "-m", "link")
        let outcome = push(repository, "\(old) \(repository.head) refs/heads/main\n")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("zz.xml: not checked: the target of the symbolic link contains a NUL byte"), "\(outcome.errors)")
    }

    // MARK: Commands

    @Test("Two commands for one branch are refused: git carries out only one of them, or the second after the first")
    func twice() {
        let repository = repository([("vm.xml", Definitions.hostModel)])
        let first = repository.head
        repository.commit("second")
        let second = repository.head
        let lines = "\(Self.none) \(first) refs/heads/new\n\(first) \(second) refs/heads/new\n"
        let outcome = push(repository, lines)
        #expect(outcome.status == 2 && outcome.errors.contains("refs/heads/new: "), "\(outcome.errors)")
        #expect(outcome.errors.replacing("\n", with: " ").contains("more than one command"), "\(outcome.errors)")
        #expect(push(repository, lines.replacing("\(second) refs/heads/new", with: "\(second) refs/heads/other")).status == 0)
    }
}
