import Glibc
import TestSupport
import Testing

/// Which files `check --fix` and `--diff` touch, what a diff calls them, and what a rewritten file keeps.
@Suite("check --fix and --diff: which files")
struct MendTests {
    private let odd = Definitions.guest("<cpu mode='host-model'><feature policy='require' name='pcid'/><feature policy='require' name='pcid'/></cpu>")
    private let mended = Definitions.guest("<cpu mode='host-model'><feature policy='require' name='pcid'/></cpu>")

    private func check(_ arguments: String..., in directory: String) -> Outcome {
        Program(["check", "--no-config", "--default", "keep"] + arguments, in: directory).run()
    }

    private func content(_ path: String) -> String { String(decoding: Corpus.read(path), as: UTF8.self) }

    private func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    // MARK: Names in a diff

    @Test("From a subdirectory, git apply takes what --diff prints", arguments: [["."], ["b.xml"], ["../sub/b.xml"], ["$TOP/sub/b.xml"], []])
    func subdirectory(_ paths: [String]) {
        let repository = TestRepository()
        repository.write("sub/b.xml", odd)
        repository.commit()
        let place = "\(repository.path)/sub"
        let diff = Program(
            ["check", "--no-config", "--default", "keep", "--diff"] + paths.map { $0.replacing("$TOP", with: repository.path) },
            in: place).run()
        #expect(diff.text.hasPrefix("diff --git a/sub/b.xml b/sub/b.xml\n"))
        repository.write("the.diff", diff.text)
        repository.git("-C", "sub", "apply", "../the.diff")
        #expect(content("\(place)/b.xml") == mended)
    }

    @Test("A file above the current directory, a link to a definition, and what is staged go by their names from the top")
    func fromTheTop() {
        let repository = TestRepository()
        repository.write("vms/a.xml", odd)
        repository.makeLink("sub/link.xml", to: "../vms/a.xml")
        repository.git("add", "-A")
        let place = "\(repository.path)/sub"
        for arguments in [["../vms/a.xml"], ["link.xml"], ["."], ["--staged"], ["--staged", ".."]] {
            let diff = Program(["check", "--no-config", "--default", "keep", "--diff"] + arguments, in: place).run()
            if arguments == ["."] {
                #expect(diff.text == "" && diff.status == 2, "the link leads out of what was named")
            } else {
                #expect(diff.text.hasPrefix("diff --git a/vms/a.xml b/vms/a.xml\n"), "\(arguments)")
            }
        }
    }

    @Test("A diff in a repository does not name a file outside; outside of one, paths are as given")
    func outside() {
        let repository = TestRepository()
        let directory = TemporaryDirectory()
        let path = directory.write("d/a.xml", odd)
        let refused = check("--diff", path, in: repository.path)
        #expect(refused.status == 2 && refused.text == "")
        #expect(refused.complaints.hasSuffix("virt-cpu: error: \(path): lies outside the repository: a diff cannot name it\n"))
        for (named, place) in [("d/a.xml", ""), ("./d/a.xml", ""), (path, ""), ("a.xml", "/d"), ("../d/a.xml", "/d")] {
            let name = named == path || named == "./d/a.xml" || named == "d/a.xml" ? "d/a.xml" : "a.xml"
            #expect(check("--diff", named, in: directory.path + place).text.hasPrefix("diff --git a/\(name) b/\(name)\n"), "\(named)")
        }
        let other = TemporaryDirectory()
        #expect(check("--diff", path, in: other.path).status == 2)
    }

    // MARK: Symbolic links

    @Test("A link that was found and leads out of the directory that was named is judged, and its target stays as it is")
    func leadingOut() {
        let directory = TemporaryDirectory()
        directory.write("other/a.xml", odd)
        directory.write("vms/b.xml", odd)
        directory.makeDirectory("vms/deep")
        directory.link("vms/deep/a.xml", to: "../../other/a.xml")
        let outcome = check("--fix", "vms", in: directory.path)
        #expect(outcome.status == 2)
        #expect(outcome.complaints.contains("virt-cpu: error: vms/deep/a.xml: a link that leads out of vms: not changed\n"))
        #expect(outcome.text.contains("vms/deep/a.xml:4:"))
        #expect(content("\(directory.path)/other/a.xml") == odd)
        #expect(content("\(directory.path)/vms/b.xml") == mended)
        #expect(check("--fix", "vms/deep/a.xml", in: directory.path).status == 0)
        #expect(content("\(directory.path)/other/a.xml") == mended)
        #expect(check("--fix", "vms", in: directory.path).status == 0, "there is nothing to change behind it")
    }

    @Test("A file and links to it are mended once")
    func once() {
        let directory = TemporaryDirectory()
        directory.write("m.xml", odd)
        for name in ["a", "y", "z"] { directory.link("\(name).xml", to: "m.xml") }
        let diff = check("--diff", ".", in: directory.path)
        #expect(diff.text.ranges(of: "diff --git").count == 1 && diff.text.hasPrefix("diff --git a/m.xml b/m.xml\n"))
        let outcome = check("--fix", ".", "m.xml", in: directory.path)
        #expect(outcome.status == 0)
        #expect(outcome.errors == "1 fixed in 1 domain of 1 file\n")
        #expect(content("\(directory.path)/m.xml") == mended)
        #expect(isLink("\(directory.path)/a.xml") && isLink("\(directory.path)/z.xml"))
    }

    // MARK: What a file keeps

    @Test("The group is the file's own where the directory gives its files another", .enabled(if: geteuid() == 0, "needs root"))
    func group() {
        let directory = TemporaryDirectory()
        let path = directory.write("vms/a.xml", odd)
        chown("\(directory.path)/vms", 0, 3)
        chmod("\(directory.path)/vms", 0o2775)
        for group in [getegid(), 2] {
            directory.write("vms/a.xml", odd)
            chown(path, 0, group)
            chmod(path, 0o660)
            #expect(check("--fix", path, in: directory.path).status == 0)
            #expect(content(path) == mended)
            var status = stat()
            stat(path, &status)
            #expect(status.st_gid == group && status.st_mode & 0o7777 == 0o660)
        }
    }

    @Test("A file without an access list gets none where the directory has a default one")
    func accessList() {
        let directory = TemporaryDirectory()
        let path = directory.write("a.xml", odd)
        chmod(path, 0o640)
        func run(_ words: String...) -> Outcome? {
            var program = Program(Array(words.dropFirst()))
            program.executable = "/usr/bin/\(words[0])"
            return access(program.executable, X_OK) == 0 ? program.run() : nil
        }
        guard run("setfacl", "-d", "-m", "u:1:rwx,g:1:rwx,m::rwx", directory.path)?.status == 0 else { return }
        let before = run("getfacl", "-n", "-p", path)!.text
        #expect(!before.contains("user:1:"))
        #expect(check("--fix", path, in: directory.path).status == 0)
        #expect(content(path) == mended)
        #expect(run("getfacl", "-n", "-p", path)!.text == before)
    }
}

extension TestRepository {
    fileprivate func makeLink(_ name: String, to target: String) {
        directory.makeDirectory(name.split(separator: "/").dropLast().joined(separator: "/"))
        directory.link(name, to: target)
    }
}
