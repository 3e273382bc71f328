import Glibc
import TestSupport
import Testing

@Suite("check --fix and --diff in a repository")
struct FixInGitTests {
    private let odd = Definitions.fixable
    private let fixed = Definitions.fixed

    private func check(_ arguments: String..., in directory: String) -> Outcome {
        Program(["check", "--no-config", "--default", "keep"] + arguments, in: directory).run()
    }

    private func content(_ path: String) -> String { String(decoding: Corpus.read(path), as: UTF8.self) }

    @Test("--diff changes nothing, and git apply of it does what --fix does", arguments: ["odd.xml", "a b.xml", "\u{e9}\t\"q.xml", "d/e.xml"])
    func diff(_ name: String) {
        let repository = TestRepository()
        repository.write(name, odd)
        repository.write("second.xml", odd + "\n")
        let diff = check("--diff", ".", in: repository.path)
        #expect(diff.status == 1)
        #expect(content("\(repository.path)/\(name)") == odd)
        repository.directory.write("the.diff", diff.text)
        repository.git("apply", "the.diff")
        #expect(content("\(repository.path)/\(name)") == fixed)
        #expect(content("\(repository.path)/second.xml") == fixed + "\n")
        #expect(check("--diff", ".", in: repository.path).text == "")
    }

    @Test("libvirt's definitions: applying the diff does what --fix does, and only lines of <cpu> change", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func corpus() throws {
        let original = TestRepository()
        var count = 0
        for file in Corpus.domains.prefix(400) {
            original.directory.write(Array("vms/\(count).xml".utf8), file.bytes)
            count += 1
        }
        #expect(count == 400)
        original.commit()
        original.git("clone", "-q", ".", "applied")
        let text = check("--diff", "--default", "maximum", "vms", in: original.path)
        original.directory.write("applied/the.diff", text.text)
        var apply = Program(["apply", "the.diff"], in: "\(original.path)/applied")
        apply.executable = "/usr/bin/git"
        #expect(apply.run().status == 0)
        _ = check("--fix", "--default", "maximum", "vms", in: original.path)
        var differing = 0
        for index in 0..<count {
            let mine = content("\(original.path)/vms/\(index).xml")
            #expect(mine == content("\(original.path)/applied/vms/\(index).xml"), "\(index)")
            if mine != original.git("show", "HEAD:vms/\(index).xml") { differing += 1 }
        }
        #expect(differing > 100)
        // A second run finds nothing to fix.
        let again = check("--fix", "--default", "maximum", "vms", in: original.path)
        #expect(!again.text.contains(": fixed: "))
        // Lines that were removed or added belong to <cpu>.
        let lines = original.git("diff", "-U0").split(separator: "\n").filter {
            ($0.hasPrefix("-") || $0.hasPrefix("+")) && !$0.hasPrefix("---") && !$0.hasPrefix("+++")
        }
        let own = ["<cpu", "</cpu", "<model", "<vendor", "<feature", "<topology", "<cache", "<numa", "<maxphysaddr"]
        let foreign = lines.filter { line in !own.contains { line.contains($0) } }
        #expect(foreign.isEmpty, "\(foreign.prefix(5))")
        #expect(lines.count > 200)
    }

    @Test("Staged files are fixed in the work tree if its copy is the staged one; the commit still fails until they are staged again")
    func staged() {
        let repository = TestRepository()
        repository.write("a.xml", odd)
        repository.write("b.xml", odd)
        repository.git("add", "-A")
        repository.write("b.xml", odd + "\n")
        let outcome = check("--staged", "--fix", in: repository.path)
        #expect(outcome.status == 2)
        #expect(outcome.complaints == "virt-cpu: note: domain odd is defined in a.xml, b.xml\nvirt-cpu: error: b.xml: not changed: the file in the work tree differs from the staged one\n")
        #expect(content("\(repository.path)/a.xml") == fixed)
        #expect(content("\(repository.path)/b.xml") == odd + "\n")
        #expect(repository.git("show", ":a.xml") == odd)
        repository.write("b.xml", odd)
        repository.git("add", "a.xml")
        let second = check("--staged", "--fix", in: repository.path)
        #expect(second.status == 1, "fixed, and not yet in the index")
        repository.git("add", "-A")
        #expect(check("--staged", "--fix", in: repository.path).status == 0)
    }
}
