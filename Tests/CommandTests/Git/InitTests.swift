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

    @Test("Existing files are left alone, and then nothing else is written", arguments: [([], ".virt-cpu.yaml"), (["--hook"], ".git/hooks/pre-commit")])
    func existing(_ options: [String], _ name: String) {
        let repository = TestRepository()
        repository.write(name, "mine")
        let outcome = Program(["init"] + options, in: repository.path).run()
        #expect(outcome.status == 2)
        let what = options.isEmpty ? "File exists" : "a pre-commit hook exists already: add the line \"virt-cpu hook pre-commit\" to it"
        #expect(outcome.errors.hasSuffix("\(name): \(what)\n"))
        #expect(Corpus.read("\(repository.path)/\(name)") == Array("mine".utf8))
        #expect(name == ".virt-cpu.yaml" || access("\(repository.path)/.virt-cpu.yaml", F_OK) != 0)
    }

    @Test("A second init --hook has nothing to do, and says so")
    func twice() {
        let repository = TestRepository()
        #expect(Program(["init", "--hook"], in: repository.path).run().status == 0)
        let outcome = Program(["init", "--hook"], in: repository.path).run()
        #expect(outcome.status == 0 && outcome.errors.hasPrefix("nothing to do: "))
    }

    @Test("The hook that init installs rejects a commit")
    func hook() {
        let repository = TestRepository()
        #expect(Program(["init", "--hook"], in: repository.path).run().status == 0)
        repository.directory.write(Array("rhel9.xml".utf8), Definitions.example("rhel9.xml"))
        repository.git("add", "-A")
        var commit = Program(["-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-qm", "first"], in: repository.path)
        commit.executable = "/usr/bin/git"
        commit.environment = ["PATH=\(Program.buildDirectory):/usr/bin:/bin"]
        let outcome = commit.run()
        #expect(outcome.status == 1)
        #expect((outcome.text + outcome.errors).contains("[guest-isa-level]"))
        #expect(repository.attempt(["rev-parse", "--verify", "HEAD"]).status != 0)
    }
}
