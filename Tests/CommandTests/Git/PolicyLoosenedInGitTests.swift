import Glibc
import TestSupport
import Testing

@Suite("policy-loosened in git")
struct PolicyLoosenedInGitTests {
    private func push(
        _ repository: TestRepository, from old: String, _ reference: String = "refs/heads/main", _ options: [String] = [],
        _ environment: [String] = []
    ) -> Outcome {
        var program = Program(
            ["hook", "pre-receive"] + options, input: .text("\(old) \(repository.head) \(reference)\n"), in: repository.path)
        program.environment = environment + ["HOME=\(repository.path)", "GIT_CONFIG_NOSYSTEM=1"]
        return program.run()
    }

    private func repository(_ files: [(String, String)]) -> TestRepository {
        let repository = TestRepository()
        for (name, text) in files { repository.write(name, text) }
        repository.commit()
        return repository
    }

    private static let strict = "rules: {host-passthrough: error}\n"

    @Test("A push says what its policy asks less, in which commit and by whom, and the policy before it states the severity")
    func push() {
        let repository = repository([(".virt-cpu.yaml", Self.strict)])
        let old = repository.head
        repository.write(".virt-cpu.yaml", "rules: {host-passthrough: off, policy-loosened: off}\n")
        repository.commit("weaker")
        let outcome = push(repository, from: old, "refs/heads/main", [], ["REMOTE_USER=mallory"])
        #expect(outcome.status == 0)
        #expect(outcome.findings == [".virt-cpu.yaml policy-loosened", ".virt-cpu.yaml policy-loosened"], "\(outcome.text)")
        #expect(outcome.text.hasPrefix(".virt-cpu.yaml:1:9: warning: the policy is weaker than before: rule host-passthrough: error → off"))
        #expect(outcome.text.contains("= changed in commit \(repository.head.prefix(12)) by Test <test@example.org>\n"))
        #expect(outcome.text.contains("= pushed by mallory\n"))
        #expect(push(repository, from: old, "refs/heads/main", ["--rule", "policy-loosened=error"]).status == 1)
        #expect(push(repository, from: old, "refs/heads/main", ["--pushed-policy"]).findings.count == 2)
        #expect(push(repository, from: old, "refs/heads/main", ["--no-config"]).findings == [])
        // From the next push on, the new one applies.
        let next = repository.head
        repository.write(".virt-cpu.yaml", "rules: {host-passthrough: off, policy-loosened: off, unknown-model: off}\n")
        repository.commit()
        #expect(push(repository, from: next).findings == [])
    }

    @Test("A new branch with a weaker policy than HEAD's is reported, wherever it comes from")
    func newBranch() {
        let repository = repository([(".virt-cpu.yaml", "default: keep\n")])
        repository.git("branch", "old")
        repository.write(".virt-cpu.yaml", Self.strict)
        repository.commit()
        repository.git("checkout", "-q", "old")
        repository.write("x", "")
        repository.commit()
        let new = repository.head
        repository.git("checkout", "-q", "main")
        let outcome = Program(
            ["hook", "pre-receive"], input: .text("\(String(repeating: "0", count: 40)) \(new) refs/heads/topic\n"), in: repository.path
        ).run()
        #expect(outcome.status == 0 && outcome.findings == [".virt-cpu.yaml policy-loosened"], "\(outcome.text)")
    }

    @Test("Staged, and between two revisions; a first policy, and one that gets stricter, say nothing")
    func versions() {
        let repository = repository([("vm.xml", Definitions.hostModel), (".virt-cpu.yaml", Self.strict)])
        #expect(repository.check("--rev", "HEAD").findings == [])
        repository.write(".virt-cpu.yaml", "rules: {host-passthrough: note}\n")
        repository.git("add", "-A")
        #expect(repository.check("--staged").findings == [".virt-cpu.yaml policy-loosened"])
        repository.commit()
        let range = repository.check("--rev", "HEAD", "--against", "HEAD~1")
        #expect(range.status == 0 && range.findings == [".virt-cpu.yaml policy-loosened"])
        #expect(repository.check("--rev", "HEAD", "--against", "HEAD~1", "--fail-on", "warning").status == 1)
        #expect(repository.check("--rev", "HEAD~1", "--against", "HEAD").findings == [])
        let first = TestRepository()
        first.write(".virt-cpu.yaml", "rules: {host-passthrough: off}\n")
        first.git("add", "-A")
        #expect(first.check("--staged").findings == [])
    }

    @Test("A policy that is a symbolic link is compared in the index, and refused in a push")
    func link() {
        let repository = repository([("policy.yaml", Self.strict), ("vm.xml", Definitions.hostModel)])
        #expect(symlink("policy.yaml", "\(repository.path)/.virt-cpu.yaml") == 0)
        repository.commit("link")
        let old = repository.head
        repository.write("new.xml", Definitions.guest("<cpu mode='host-model'/>", name: "new"))
        repository.git("add", "-A")
        let staged = repository.check("--staged")
        #expect(staged.status == 0 && staged.findings == [], "\(staged.errors)")
        repository.write("policy.yaml", "rules: {host-passthrough: note}\n")
        repository.git("add", "-A")
        let weaker = repository.check("--staged")
        #expect(weaker.findings == [".virt-cpu.yaml policy-loosened"], "\(weaker.errors)")
        repository.commit()
        #expect(push(repository, from: old).status == 2)
    }

    @Test("If the hosts of the earlier policy cannot be read, its other values are compared; if those of the new one cannot, that is a finding")
    func unreadableHosts() {
        let policy = "hosts: [a.xml]\nrules: {policy-loosened: error, host-passthrough: error}\n"
        let host = String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self)
        let repository = repository([(".virt-cpu.yaml", policy), ("a.xml", host)])
        let old = repository.head
        repository.git("rm", "-q", "a.xml")
        repository.commit()
        let gone = push(repository, from: old)
        #expect(gone.status == 1 && gone.text.contains("error: the policy's hosts cannot be read, so they cannot be compared"), "\(gone.text)\(gone.errors)")
        let next = repository.head
        repository.write(".virt-cpu.yaml", "rules: {host-passthrough: off}\n")
        repository.commit()
        let weaker = push(repository, from: next)
        #expect(weaker.status == 1 && weaker.text.contains("rule host-passthrough: error → off"), "\(weaker.text)")
        let note = "the hosts of the policies for the top directory are not compared: "
        #expect(weaker.errors.replacing("\n", with: " ").contains(note) && !weaker.errors.contains("compared: virt-cpu"), "\(weaker.errors)")
    }

    @Test("A nearer policy, one that is deleted, one that others extend, and a host file that is deleted", arguments: [
        ([("vms/.virt-cpu.yaml", "rules: {}\n")], [], ["vms/.virt-cpu.yaml policy-loosened", "vms/.virt-cpu.yaml policy-loosened"]),
        ([], [".virt-cpu.yaml"], [".virt-cpu.yaml policy-loosened", ".virt-cpu.yaml policy-loosened"]),
        ([("base.yaml", "rules: {}\n")], [], ["base.yaml policy-loosened"]),
        ([], ["hosts/b.xml"], [".virt-cpu.yaml policy-loosened"]),
        ([("vms/.virt-cpu.yaml", "extends: ../.virt-cpu.yaml\n")], [], []),
    ] as [([(String, String)], [String], [String])])
    func places(_ written: [(String, String)], _ deleted: [String], _ expected: [String]) {
        let host = String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self)
        let repository = repository([
            (".virt-cpu.yaml", "extends: base.yaml\nhosts:\n- hosts/*.xml\nmigration: false\nexclude:\n- old/\n"), ("base.yaml", Self.strict),
            ("hosts/a.xml", host), ("hosts/b.xml", host), ("vms/vm.xml", Definitions.hostModel),
        ])
        let old = repository.head
        for (name, text) in written { repository.write(name, text) }
        for name in deleted { repository.git("rm", "-q", name) }
        repository.commit()
        let outcome = push(repository, from: old)
        #expect(outcome.status == 0 && outcome.findings == expected, "\(outcome.text)\(outcome.errors)")
    }
}
