import TestSupport
import Testing

@Suite("Names in a diff")
struct DiffNameTests {
    private let odd = Definitions.guest("<cpu mode='host-model'><feature policy='require' name='pcid'/><feature policy='require' name='pcid'/></cpu>")
    private let fixed = Definitions.guest("<cpu mode='host-model'><feature policy='require' name='pcid'/></cpu>")

    private func check(_ arguments: String..., in directory: String) -> Outcome {
        Program(["check", "--no-config", "--default", "keep"] + arguments, in: directory).run()
    }

    private func content(_ path: String) -> String { String(decoding: Corpus.read(path), as: UTF8.self) }

    @Test("git apply accepts in a subdirectory what --diff prints there", arguments: [["."], ["b.xml"], ["../sub/b.xml"], ["$TOP/sub/b.xml"], []])
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
        #expect(content("\(place)/b.xml") == fixed)
    }

    @Test("Files above the current directory, targets of links, and staged files have their names from the top")
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

    @Test("In a repository, a diff cannot name a file outside; elsewhere, paths are as given")
    func outside() {
        let repository = TestRepository()
        let directory = TemporaryDirectory()
        let path = directory.write("d/a.xml", odd)
        let refused = check("--diff", path, in: repository.path)
        #expect(refused.status == 2 && refused.text == "")
        #expect(refused.complaints.hasSuffix("virt-cpu: error: \(path): lies outside the repository, so a diff cannot name it\n"))
        for (named, place) in [("d/a.xml", ""), ("./d/a.xml", ""), (path, ""), ("a.xml", "/d"), ("../d/a.xml", "/d")] {
            let name = named == path || named == "./d/a.xml" || named == "d/a.xml" ? "d/a.xml" : "a.xml"
            #expect(check("--diff", named, in: directory.path + place).text.hasPrefix("diff --git a/\(name) b/\(name)\n"), "\(named)")
        }
        let other = TemporaryDirectory()
        #expect(check("--diff", path, in: other.path).status == 2)
    }

    @Test("A file that is found under several names is in the diff once, under its own")
    func once() {
        let directory = TemporaryDirectory()
        directory.write("m.xml", odd)
        for name in ["a", "y", "z"] { directory.link("\(name).xml", to: "m.xml") }
        let diff = check("--diff", ".", in: directory.path)
        #expect(diff.text.ranges(of: "diff --git").count == 1 && diff.text.hasPrefix("diff --git a/m.xml b/m.xml\n"))
    }
}

extension TestRepository {
    fileprivate func makeLink(_ name: String, to target: String) {
        directory.makeDirectory(name.split(separator: "/").dropLast().joined(separator: "/"))
        directory.link(name, to: target)
    }
}
