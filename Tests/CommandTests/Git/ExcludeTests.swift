import TestSupport
import Testing

@Suite("exclude: in a policy")
struct ExcludeTests {
    private static let policy = "default: keep\nexclude: [/old/, '*.bak.xml', '!keep.bak.xml', 'deep/**/x.xml']\n"
    private static let names = ["a.xml", "old/b.xml", "vms/old/c.xml", "d.bak.xml", "keep.bak.xml", "deep/x.xml", "deep/er/x.xml"]
    private static let left = ["a.xml host-passthrough", "keep.bak.xml host-passthrough", "vms/old/c.xml host-passthrough"]

    private func repository(_ policy: String = ExcludeTests.policy) -> TestRepository {
        TestRepository(policy: policy, guestsIn: Self.names)
    }

    @Test("Files that are found are left out, in a directory, staged and of a revision; named files are checked")
    func everywhere() {
        let repository = repository()
        #expect(repository.check().findings.sorted() == Self.left)
        #expect(repository.check("vms", "deep").findings == ["vms/old/c.xml host-passthrough"])
        #expect(repository.check("old/b.xml").findings == ["old/b.xml host-passthrough"])
        repository.git("add", "-A")
        #expect(repository.check("--staged").findings.sorted() == Self.left)
        #expect(repository.check("--staged", "old/b.xml").findings == ["old/b.xml host-passthrough"])
        repository.commit()
        #expect(repository.check("--rev", "HEAD").findings.sorted() == Self.left)
        #expect(repository.check("--rev", "HEAD", "--policy-rev", "HEAD", in: "/vms").findings.count == 3)
        #expect(repository.check("--policy-rev", "HEAD", "old", "vms").findings == ["vms/old/c.xml host-passthrough"])
    }

    @Test("Patterns start from the policy's directory, and each file has its own policy")
    func places() {
        let repository = repository("default: keep\n")
        repository.write("vms/.virt-cpu.yaml", "exclude: [/old]\n")
        #expect(repository.check("vms", "old").findings == ["old/b.xml host-passthrough"])
    }

    @Test("Where everything is excluded, the check says so")
    func everything() {
        let outcome = repository("exclude: ['*']\n").check()
        #expect(outcome.status == 0 && outcome.findings == [])
        #expect(outcome.errors.contains("note: all definitions are excluded by .virt-cpu.yaml; to check them, name them\n"), "\(outcome.errors)")
    }

    private func push(_ repository: TestRepository, from old: String) -> Outcome {
        let new = repository.head
        return Program(
            ["hook", "pre-receive", "--fail-on", "warning"], input: .text("\(old) \(new) refs/heads/main\n"), in: repository.path
        ).run()
    }

    @Test("A pushed policy excludes nothing from the push that brings it; the one before the push does")
    func pushed() {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", "default: keep\n")
        repository.commit()
        let first = repository.head
        repository.write(".virt-cpu.yaml", "default: keep\nexclude: ['*']\n")
        repository.write("a.xml", Definitions.passthrough)
        repository.commit()
        let refused = push(repository, from: first)
        #expect(refused.status == 1 && refused.text.contains("[host-passthrough]"), "\(refused.errors)")
        let second = repository.head
        repository.write("b.xml", Definitions.guest("<cpu mode='host-passthrough'/>", name: "b"))
        repository.commit()
        #expect(push(repository, from: second).status == 0)
    }

    @Test("With --policy-rev and in a push, the extended policy comes from the same revision, and a broken one is refused")
    func extended() {
        let repository = TestRepository()
        repository.write("vms/.virt-cpu.yaml", "extends: ../base.yaml\n")
        repository.write("base.yaml", "default: keep\nrules: {host-passthrough: off}\n")
        repository.write("vms/a.xml", Definitions.passthrough)
        repository.commit()
        let first = repository.head
        repository.write("base.yaml", "default: keep\nrules: {host-passthrough: error}\n")
        repository.write("vms/a.xml", Definitions.guest("<cpu mode='host-passthrough' migratable='on'/>"))
        #expect(repository.check("vms/a.xml").status == 1)
        #expect(repository.check("--policy-rev", "HEAD", "vms/a.xml").status == 0)
        repository.commit()
        #expect(push(repository, from: first).status == 0, "the policy before the push applies")
        repository.write("base.yaml", "defualt: keep\n")
        repository.commit()
        let broken = push(repository, from: first)
        #expect(broken.status == 2 && broken.errors.contains(":base.yaml:1:1: error: unknown key 'defualt'"), "\(broken.errors)")
        repository.git("rm", "-q", "base.yaml")
        repository.commit()
        let missing = push(repository, from: first)
        #expect(missing.status == 2 && missing.errors.contains(":vms/.virt-cpu.yaml:1:10: error: ../base.yaml: no such file"), "\(missing.errors)")
        repository.directory.link("base.yaml", to: "vms/other.yaml")
        repository.write("vms/other.yaml", "default: keep\n")
        repository.commit()
        let linked = push(repository, from: first)
        #expect(linked.status == 2 && linked.errors.contains("base.yaml, which is not followed in a revision"), "\(linked.errors)")
    }
}
