import Glibc
import TestSupport
import Testing

/// What somebody who may push could do to get a definition past pre-receive.
@Suite("A hostile push")
struct HostilePushTests {
    private static let policy = "default: keep\nrules: {host-passthrough: error}\n"

    private func head(_ repository: TestRepository) -> String { String(repository.git("rev-parse", "HEAD").dropLast()) }

    /// A repository with a policy and these files, committed.
    private func repository(_ files: [(name: String, text: String)] = [], policy: String = HostilePushTests.policy) -> TestRepository {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", policy)
        for file in files { repository.write(file.name, file.text) }
        repository.commit()
        return repository
    }

    /// What pre-receive says about the commits since `old`.
    private func push(_ repository: TestRepository, from old: String) -> Outcome {
        Program(["hook", "pre-receive"], input: .text("\(old) \(head(repository)) refs/heads/main\n"), in: repository.path).run()
    }

    // MARK: Replacement objects and grafts

    @Test("Replacement objects do not count, neither for a definition nor for the policy")
    func replacements() {
        for (place, content) in [("vm.xml", Definitions.hostModel), (".virt-cpu.yaml", "default: keep\n")] {
            let repository = repository([("vm.xml", Definitions.hostModel)])
            let old = head(repository)
            repository.write("other", content)
            let other = repository.git("hash-object", "-w", "other").dropLast()
            repository.write("vm.xml", Definitions.passthrough)
            repository.git("add", "vm.xml")
            repository.git("commit", "-q", "-m", "bad")
            repository.git("update-ref", "refs/replace/\(repository.git("rev-parse", "HEAD:\(place)").dropLast())", String(other))
            let outcome = push(repository, from: old)
            #expect(outcome.status == 1 && outcome.text.contains("[host-passthrough]"), "\(place): \(outcome.errors)")
        }
    }

    @Test("A replaced commit and a graft do not move a merge base")
    func grafts() {
        let repository = repository()
        repository.git("checkout", "-q", "-b", "new")
        repository.write("vm.xml", Definitions.passthrough)
        repository.commit()
        let bad = head(repository)
        repository.commit("next")
        let next = head(repository)
        // To whom believes it, main contains the bad commit.
        let main = repository.git("rev-parse", "main").dropLast()
        repository.write(".git/info/grafts", "\(main) \(bad)\n")
        repository.git("branch", "-q", "side", bad)
        let outcome = Program(
            ["hook", "pre-receive"], input: .text("\(String(repeating: "0", count: 40)) \(next) refs/heads/new\n"), in: repository.path
        )
        repository.git("symbolic-ref", "HEAD", "refs/heads/main")
        let said = outcome.run()
        #expect(said.status == 1 && said.text.contains("[host-passthrough]"), "\(said.errors)")
    }
}
