import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Work

/// git itself is the measure: `git check-ignore` says which files its rules ignore.
@Suite("What .gitignore files ignore")
struct GitignoreTests {
    private func found(_ repository: TestRepository, below directory: String = "", usesGitignore: Bool = true) -> [String] {
        let top = FilePath(repository.path + directory)
        return DirectoryWalk.definitions(below: top, usesGitignore: usesGitignore) { Issue.record("\($0.shown)") }
            .map { String($0.string.dropFirst(top.string.count + 1)) }
    }

    /// The executable, because waiting for git would block the threads of these tests.
    private func run(_ arguments: String..., in directory: TemporaryDirectory? = nil) -> Outcome {
        Program(arguments, in: directory?.path).run()
    }

    @Test("Generated patterns and paths, as git reads them", arguments: 0..<8 as Range<UInt64>)
    func generated(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let repository = TestRepository()
        let directories = ["a", "b", "ab", "a/b", "a/b/a", "b/a", "foo", "foo/bar", "foo/bar/a", "a b", "[a]", "\u{e9}"]
        let names = ["a.xml", "b.xml", "ab.xml", "foo.xml", "foobar.xml", " .xml", "*.xml", "#c.xml", "!d.xml", "\\.xml", "\u{e9}.xml", "a-.xml"]
        var files: [String] = []
        for directory in [""] + directories.map({ $0 + "/" }) {
            for name in names.shuffled(using: &random).prefix(5) { files.append(directory + name) }
        }
        for file in files { repository.write(file, "") }
        var ignored = 0
        for _ in 0..<60 {
            var lists: [String] = []
            for place in ["", "a/", "a/b/", "foo/"] {
                let lines = (0..<Int.random(in: 0...3, using: &random)).map { _ in pattern(&random) }
                let text = lines.joined(separator: Bool.random(using: &random) ? "\n" : "\r\n") + (Bool.random(using: &random) ? "\n" : "")
                repository.write(place + ".gitignore", text)
                lists.append("\(place).gitignore: \(text.debugDescription)")
            }
            var program = Program(
                ["-c", "core.excludesFile=/dev/null", "check-ignore", "--no-index", "-z", "--stdin"],
                input: .text(files.joined(separator: "\0") + "\0"), in: repository.path)
            program.executable = "/usr/bin/git"
            program.environment = ["HOME=\(repository.path)", "GIT_CONFIG_NOSYSTEM=1"]
            let names = Set(program.run().text.split(separator: "\0").map(String.init))
            let expected = Set(files).subtracting(names), answer = Set(found(repository))
            #expect(answer == expected, "\(lists): ours only \(answer.subtracting(expected)), git's only \(expected.subtracting(answer))")
            ignored += names.count
        }
        #expect(ignored > 200, "the patterns ignore something")
    }

    /// A pattern that is likely to match, or to be a special case of git's.
    private func pattern(_ random: inout SplitMix64) -> String {
        let parts = [
            "a", "b", "ab", "foo", "bar", "*", "?", "**", "[ab]", "[!a]", "[^b]*", "[a-b]", "[b-a]", "\\a", "*.xml", "a*", "foo*", "foo**",
            "**a", "[[:alpha:]]*", "[[:nope:]]", "[", "[]a]*", "[a", "*.x[m]l", "?.xml", "a.xml", "b.xml", "foo.xml", "***", "a?xml", "\\", "\\[a\\]",
            "[[]a]", "a\\ b", "a b", "[a-]*", "[\\a]*", "[!]-a]*", "\u{e9}", "?\u{a9}", "*\\*.xml", "", "*.*", "f*r", "foo?bar", ".xml", "\\#c.xml", "#c.xml",
        ]
        var pattern = (0...Int.random(in: 0...2, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined(separator: "/")
        switch Int.random(in: 0...11, using: &random) {
        case 0, 1: pattern = "!" + pattern
        case 2, 3: pattern = "/" + pattern
        case 4, 5: pattern += "/"
        case 6: pattern += ["  ", "\\ ", " \\", "/**", "**", "/ "].randomElement(using: &random)!
        case 7: pattern = "**/" + pattern
        case 8: pattern = "\\" + pattern
        default: break
        }
        return pattern
    }

    @Test("The files above a directory count for what is below it, and so do nested ones; what is named is searched")
    func places() {
        let repository = TestRepository()
        for name in ["a.xml", "old/b.xml", "old/keep/c.xml", "vms/d.xml", "vms/old.xml", "vms/new/old.xml"] { repository.write(name, "") }
        repository.write(".gitignore", "old/\n/vms/old.xml\n")
        repository.write("vms/new/.gitignore", "*.xml\n")
        #expect(found(repository) == ["a.xml", "vms/d.xml"])
        #expect(found(repository, below: "/vms") == ["d.xml"])
        #expect(found(repository, below: "/old") == ["b.xml", "keep/c.xml"], "it was named")
        #expect(found(repository, usesGitignore: false).count == 6)
        // A repository within the repository has rules of its own.
        repository.directory.makeDirectory("vms/new/.git")
        repository.write("vms/new/.gitignore", "")
        #expect(found(repository, below: "/vms") == ["d.xml", "new/old.xml"])
    }

    @Test("Outside a repository .gitignore files mean nothing, and links to them are not followed")
    func outside() {
        let directory = TemporaryDirectory()
        directory.write("a.xml", "")
        directory.write(".gitignore", "*.xml\n")
        func found() -> [FilePath] { DirectoryWalk.definitions(below: FilePath(directory.path)) { Issue.record("\($0.shown)") } }
        #expect(found().count == 1)
        directory.makeDirectory(".git")
        #expect(found().isEmpty)
        directory.write("rules", "*.xml\n")
        unlink("\(directory.path)/.gitignore")
        directory.link(".gitignore", to: "rules")
        #expect(found().count == 1)
    }

    @Test("A check says so if everything is ignored; a file that is named is checked, and --no-ignore checks all")
    func checks() {
        let directory = TemporaryDirectory()
        directory.makeDirectory(".git")
        directory.write("a.xml", Definitions.passthrough)
        directory.write(".gitignore", "*.xml\n")
        let nothing = run("check", "--no-config", directory.path)
        #expect(nothing.complaints.contains("note: \(directory.path): .gitignore files ignore all definitions; to check them, name them or use --no-ignore\n"), "\(nothing.errors)")
        #expect(nothing.text == "")
        #expect(check(["a.xml"], in: directory).findings == ["a.xml host-passthrough"])
        #expect(run("check", "--no-config", "--no-ignore", ".", in: directory).findings == ["a.xml host-passthrough"])
    }

    @Test("What git tracks is checked although a pattern ignores it, also in a repository below; other files are not")
    func tracked() {
        let repository = TestRepository()
        for name in ["a.xml", "old/b.xml", "old/.hidden/c.xml", "old/link.xml/d.xml", "vms/e.xml", "vms/f.txt"] {
            repository.write(name, Definitions.passthrough)
        }
        repository.commit()
        repository.write(".gitignore", "old/\nvms/e.xml\n*.txt\n")
        for name in ["old/new.xml", "vms/new.xml"] { repository.write(name, Definitions.passthrough) }
        let below = TemporaryDirectory()
        func check(_ path: String = ".") -> [String] { repository.check("--no-config", path).findings }
        func found(_ names: String...) -> [String] { names.map { "\($0) host-passthrough" } }
        #expect(check() == found("a.xml", "old/b.xml", "old/link.xml/d.xml", "vms/e.xml", "vms/new.xml"))
        #expect(check("vms") == found("vms/e.xml", "vms/new.xml"))
        // A directory of the index can have become a link, and a file can be gone.
        repository.directory.write("elsewhere/d.txt", Definitions.passthrough)
        repository.git("rm", "-q", "--cached", ".gitignore", "--ignore-unmatch")
        unlink("\(repository.path)/vms/e.xml")
        below.write("d.xml", Definitions.passthrough)
        unlink("\(repository.path)/old/link.xml/d.xml")
        rmdir("\(repository.path)/old/link.xml")
        repository.directory.link("old/link.xml", to: below.path)
        #expect(check() == found("a.xml", "old/b.xml", "vms/new.xml"))
        // A repository within the repository is asked too.
        let inner = TestRepository()
        inner.write("x.xml", Definitions.passthrough)
        inner.commit()
        inner.write(".gitignore", "*.xml\n")
        inner.write("y.xml", Definitions.passthrough)
        _ = rename(inner.path, "\(repository.path)/vms/inner")
        #expect(check("vms") == found("vms/inner/x.xml", "vms/new.xml"))
    }

    @Test("Where git does not tell, that is said, and nothing else changes")
    func untold() {
        let directory = TemporaryDirectory()
        directory.makeDirectory(".git")
        directory.write("a.xml", Definitions.passthrough)
        directory.write("b.xml", Definitions.passthrough)
        directory.write(".gitignore", "b.xml\n")
        let outcome = run("check", "--no-config", in: directory)
        #expect(outcome.findings == ["a.xml host-passthrough"] && outcome.status == 0)
        #expect(outcome.errors.contains("note: .: ignored files that git tracks are not checked: git: not a git repository"), "\(outcome.errors)")
        directory.write(".gitignore", "c.xml\n*.txt\n")
        #expect(!run("check", "--no-config", in: directory).errors.contains("git"), "nothing is hidden, so git is not asked")
    }
}
