import Glibc
import TestSupport
import Testing

@Suite("include: in a policy")
struct IncludeTests {
    private static let policy = "default: keep\ninclude: ['*.domain', '/.vms/*.xml', '*.XML', '!no.domain']\n"
    private static let names = [
        "a.xml", "b.domain", "no.domain", "sub/c.domain", "sub/D.XML", "sub/.e.xml", ".vms/f.xml", ".vms/g.txt", "sub/.vms/h.xml", "i.txt",
    ]
    private static let wanted = [".vms/f.xml", "a.xml", "b.domain", "sub/D.XML", "sub/c.domain"].map { "\($0) host-passthrough" }

    private func repository(_ policy: String = IncludeTests.policy) -> TestRepository {
        TestRepository(policy: policy, guestsIn: Self.names)
    }

    @Test("What it matches is checked in a directory, staged and of a revision, hidden or not")
    func everywhere() {
        let repository = repository()
        #expect(repository.check().findings.sorted() == Self.wanted)
        #expect(repository.check("sub").findings.sorted() == Self.wanted.filter { $0.hasPrefix("sub") })
        repository.git("add", "-A")
        #expect(repository.check("--staged").findings.sorted() == Self.wanted)
        #expect(repository.check("--staged", "sub").findings.sorted() == Self.wanted.filter { $0.hasPrefix("sub") })
        repository.commit()
        #expect(repository.check("--rev", "HEAD").findings.sorted() == Self.wanted)
        #expect(repository.check("--rev", "HEAD", "--policy-rev", "HEAD").findings.sorted() == Self.wanted)
        repository.write(".virt-cpu.yaml", "default: keep\n")
        #expect(repository.check().findings == ["a.xml host-passthrough"])
        #expect(repository.check("--rev", "HEAD", "--policy-rev", "HEAD").findings.sorted() == Self.wanted)
    }

    @Test("Each directory has its own policy, exclude comes after include, and .gitignore files count")
    func places() {
        let repository = repository("default: keep\n")
        repository.write("sub/.virt-cpu.yaml", "default: keep\ninclude: ['*.domain', '*.XML']\nexclude: [D.XML]\n")
        #expect(repository.check().findings.sorted() == ["a.xml host-passthrough", "sub/c.domain host-passthrough"])
        repository.write(".gitignore", "*.domain\n")
        #expect(repository.check().findings == ["a.xml host-passthrough"])
        // What git tracks is checked although it is ignored.
        repository.git("add", "-f", "sub/c.domain")
        #expect(repository.check().findings.sorted() == ["a.xml host-passthrough", "sub/c.domain host-passthrough"])
    }

    @Test("A broken policy is an error although nothing shows which files it includes")
    func broken() {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", "defualt: keep\ninclude: ['*.dom']\n")
        repository.write("a.dom", Definitions.passthrough)
        repository.git("add", "-A")
        for outcome in [repository.check(), repository.check("--staged")] {
            #expect(outcome.status == 2 && outcome.errors.contains("defualt"), "\(outcome.errors)")
        }
        repository.write("vm.xml", Definitions.hostModel)
        #expect(repository.check().errors.ranges(of: "unknown key").count == 1)
    }

    private func push(_ repository: TestRepository, from old: String) -> Outcome {
        Program(["hook", "pre-receive"], input: .text("\(old) \(repository.head) refs/heads/main\n"), in: repository.path).run()
    }

    @Test("A push is judged by the include: that the branch had before")
    func pushed() {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", "default: keep\nrules: {host-passthrough: error}\n")
        repository.commit()
        let first = repository.head
        repository.write(".virt-cpu.yaml", "default: keep\nrules: {host-passthrough: error}\ninclude: ['*.domain']\n")
        repository.write("a.domain", Definitions.hostModel)
        repository.commit()
        #expect(push(repository, from: first).status == 0)
        let second = repository.head
        repository.write(".virt-cpu.yaml", "default: keep\n")
        repository.write("b.domain", Definitions.guest("<cpu mode='host-passthrough'/>", name: "b"))
        repository.commit()
        let outcome = push(repository, from: second)
        #expect(outcome.status == 1 && outcome.text.contains("b.domain:") && !outcome.text.contains("a.domain:"), "\(outcome.errors)")
    }

    @Test("Where a definition moves to a file that is not checked, a note says so", arguments: [
        ("vm.txt", "is now in vm.txt, which is not named *.xml; to check it"), ("vm.XML", "is now in vm.XML, which is not named *.xml;"),
        (".vms/vm.xml", "is now in .vms/vm.xml, which lies in a hidden directory;"),
        ("old/vm.xml", "is now in old/vm.xml, which the policy excludes"),
    ])
    func away(_ name: String, _ note: String) {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", "default: keep\nexclude: [old/]\n")
        repository.write("vm.xml", Definitions.hostModel)
        repository.commit()
        let old = repository.head
        for directory in [".vms", "old"] { mkdir("\(repository.path)/\(directory)", 0o777) }
        repository.git("mv", "vm.xml", name)
        repository.write("picture.png", "\u{89}PNG")
        repository.git("add", "-A")
        let staged = repository.check("--staged")
        #expect(staged.status == 0 && staged.errors.replacing("\n", with: " ").contains(note), "\(staged.errors)")
        let work = repository.check("--against", "HEAD")
        #expect(work.status == 0 && work.errors.replacing("\n", with: " ").contains(note), "\(work.errors)")
        repository.commit()
        let pushed = push(repository, from: old)
        #expect(pushed.status == 0 && pushed.errors.replacing("\n", with: " ").contains(note), "\(pushed.errors)")
        // One that is deleted, or renamed to another definition, is not.
        repository.git("reset", "-q", "--hard", old)
        repository.git("mv", "vm.xml", "other.xml")
        repository.commit()
        #expect(!push(repository, from: old).errors.contains("no longer checked"))
    }
}
