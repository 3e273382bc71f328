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
        let nothing = check(in: directory)
        #expect(nothing.complaints.contains("note: \(directory.path): .gitignore files ignore all definitions; to check them, name them or use --no-ignore\n"), "\(nothing.errors)")
        #expect(nothing.text == "")
        #expect(check(["a.xml"], in: directory).findings == ["a.xml host-passthrough"])
        var request = CheckRequest()
        request.paths = [FilePath(directory.path)]
        request.usesGitignore = false
        #expect(outcome { try request.run(.testing(), $0) }.without(directory).findings == ["a.xml host-passthrough"])
    }
}
