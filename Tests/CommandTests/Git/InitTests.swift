import Glibc
import TestSupport
import Testing

@Suite("init")
struct InitTests {
    @Test("The policy is written into the current directory, or printed")
    func policy() {
        let directory = TemporaryDirectory()
        let outcome = Program(["init"], in: directory.path).run()
        #expect(outcome.status == 0)
        #expect(outcome.errors == "wrote .virt-cpu.yaml\nto try it, run: virt-cpu check\n")
        #expect(Program(["init", "-"]).run().text == directory.text(".virt-cpu.yaml"))
    }

    @Test("Existing files are left alone, and then nothing else is written", arguments: [
        ([], ".virt-cpu.yaml"), (["--hook"], ".git/hooks/pre-commit"), (["--hook"], ".git/hooks/pre-merge-commit"),
    ])
    func existing(_ options: [String], _ name: String) {
        let repository = TestRepository()
        repository.write(name, "mine")
        let outcome = Program(["init"] + options, in: repository.path).run()
        #expect(outcome.status == 2)
        let what = options.isEmpty ? "File exists" : "a hook exists already: add the line \"virt-cpu hook pre-commit\" to it"
        #expect(outcome.errors.hasSuffix("\(name): \(what)\n"))
        #expect(Corpus.read("\(repository.path)/\(name)") == Array("mine".utf8))
        let others = [".virt-cpu.yaml", ".git/hooks/pre-commit", ".git/hooks/pre-merge-commit"].filter { $0 != name }
        #expect(options.isEmpty || others.allSatisfy { access("\(repository.path)/\($0)", F_OK) != 0 })
    }

    @Test("A hook that git would not run, because it is not executable, is not taken for an installed one")
    func unexecutable() {
        let repository = TestRepository()
        #expect(Program(["init", "--hook"], in: repository.path).run().status == 0)
        chmod("\(repository.path)/.git/hooks/pre-commit", 0o644)
        let outcome = Program(["init", "--hook"], in: repository.path).run()
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasSuffix(".git/hooks/pre-commit: not executable, so git does not run it: use chmod +x\n"), "\(outcome.errors)")
    }

    @Test("A second init --hook has nothing to do, and says so")
    func twice() {
        let repository = TestRepository()
        #expect(Program(["init", "--hook"], in: repository.path).run().status == 0)
        let outcome = Program(["init", "--hook"], in: repository.path).run()
        #expect(outcome.status == 0 && outcome.errors.hasPrefix("nothing to do: "))
    }

    @Test("A hook that runs virt-cpu already is left alone, and the other one is installed; a comment that names virt-cpu runs nothing")
    func oneOfTwo() {
        for name in ["pre-commit", "pre-merge-commit"] {
            let repository = TestRepository()
            let mine = "#!/bin/sh\nmake check\nvirt-cpu hook pre-commit --quiet\n"
            repository.write(".git/hooks/\(name)", mine)
            chmod("\(repository.path)/.git/hooks/\(name)", 0o755)
            let outcome = Program(["init", "--hook"], in: repository.path).run()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(Corpus.read("\(repository.path)/.git/hooks/\(name)") == Array(mine.utf8))
            let other = name == "pre-commit" ? "pre-merge-commit" : "pre-commit"
            #expect(outcome.errors.contains("wrote .git/hooks/\(other)\n"))
            #expect(access("\(repository.path)/.git/hooks/\(other)", X_OK) == 0)
        }
        let repository = TestRepository()
        repository.write(".git/hooks/pre-commit", "#!/bin/sh\n# virt-cpu hook pre-commit\n")
        #expect(Program(["init", "--hook"], in: repository.path).run().status == 2)
    }

    /// Runs git with the hooks' virt-cpu in the search path.
    private func git(_ arguments: [String], in repository: TestRepository) -> Outcome {
        var git = Program(["-c", "user.name=T", "-c", "user.email=t@example.org"] + arguments, in: repository.path)
        git.executable = "/usr/bin/git"
        git.environment = ["PATH=\(Program.buildDirectory):/usr/bin:/bin", "HOME=\(repository.path)", "GIT_CONFIG_NOSYSTEM=1"]
        return git.run()
    }

    @Test("The hooks that init installs reject a merge that breaks the policy, with conflicts and without, and accept another")
    func merge() {
        let repository = TestRepository()
        repository.write("a.xml", Definitions.hostModel)
        repository.write("other", "1\n")
        repository.commit()
        for branch in ["good", "bad"] { repository.git("branch", branch) }
        repository.git("checkout", "-q", "bad")
        repository.write("b.xml", Definitions.guest("<cpu mode='host-model'><feature name='x2apic'/><feature name='x2apic'/></cpu>", name: "b"))
        repository.write("other", "2\n")
        repository.commit()
        repository.git("checkout", "-q", "good")
        repository.write("c.xml", Definitions.guest("<cpu mode='host-model'/>", name: "c"))
        repository.commit()
        repository.git("checkout", "-q", "main")
        repository.write("d", "")
        repository.commit()
        #expect(Program(["init", "--hook"], in: repository.path).run().status == 0)
        let bad = git(["merge", "-q", "--no-edit", "bad"], in: repository)
        #expect(bad.status != 0 && (bad.text + bad.errors).contains("[duplicate-feature]"), "\(bad.errors)")
        #expect(repository.git("log", "-1", "--format=%P").split(separator: " ").count == 1)
        repository.git("reset", "-q", "--merge")
        let good = git(["merge", "-q", "--no-edit", "good"], in: repository)
        #expect(good.status == 0, "\(good.errors)")
        #expect(repository.git("log", "-1", "--format=%P").split(separator: " ").count == 2)
        // A conflict: git commit ends the merge, and runs pre-commit.
        repository.write("other", "3\n")
        repository.git("add", "other")
        repository.git("commit", "-q", "--no-verify", "-m", "other")
        #expect(git(["merge", "-q", "--no-edit", "bad"], in: repository).status != 0)
        repository.write("other", "2\n")
        repository.git("add", "other")
        let ended = git(["commit", "-q", "--no-edit"], in: repository)
        #expect(ended.status == 1 && (ended.text + ended.errors).contains("[duplicate-feature]"), "\(ended.errors)")
    }

    @Test("The hook that init installs rejects a commit")
    func hook() {
        let repository = TestRepository()
        #expect(Program(["init", "--hook"], in: repository.path).run().status == 0)
        repository.directory.write(Array("rhel9.xml".utf8), Definitions.example("rhel9.xml"))
        repository.git("add", "-A")
        let outcome = git(["commit", "-qm", "first"], in: repository)
        #expect(outcome.status == 1)
        #expect((outcome.text + outcome.errors).contains("[guest-isa-level]"))
        #expect(repository.attempt(["rev-parse", "--verify", "HEAD"]).status != 0)
    }
}
