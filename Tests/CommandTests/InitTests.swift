import Glibc
import TestSupport
import Testing

@Suite("init and show")
struct InitTests {
    @Test("The policy that init writes is one, and speaks of every key")
    func policy() {
        let directory = TemporaryDirectory()
        let outcome = Program(["init"], in: directory.path).run()
        #expect(outcome.status == 0)
        #expect(outcome.errors == "wrote .virt-cpu.yaml\nsee it at work: virt-cpu check\n")
        directory.write("a.xml", Definitions.passthrough)
        let check = Program(["check", "--fail-on", "warning"], in: directory.path).run()
        #expect(check.status == 1 && check.text.contains("[host-passthrough]"))
        let text = Program(["init", "-"]).run().text
        #expect(text == String(decoding: Corpus.read("\(directory.path)/.virt-cpu.yaml"), as: UTF8.self))
        for key in ["hosts", "default", "windows", "migration", "libvirt", "rules", "guests"] {
            #expect(text.contains("\n\(key):") || text.contains("\n#\(key):"), "\(key)")
        }
    }

    @Test("What is there already is left alone, and then nothing else is written", arguments: [([], ".virt-cpu.yaml"), (["--hook"], ".git/hooks/pre-commit")])
    func existing(_ options: [String], _ name: String) {
        let repository = TestRepository()
        repository.write(name, "mine")
        let outcome = Program(["init"] + options, in: repository.path).run()
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasSuffix("virt-cpu: error: \(name): File exists\n"))
        #expect(Corpus.read("\(repository.path)/\(name)") == Array("mine".utf8))
        #expect(name == ".virt-cpu.yaml" || access("\(repository.path)/.virt-cpu.yaml", F_OK) != 0)
    }

    @Test("The hook that init writes keeps a commit from being made")
    func hook() {
        let repository = TestRepository()
        #expect(Program(["init", "--hook"], in: repository.path).run().status == 0)
        repository.directory.write(Array("rhel9.xml".utf8), Definitions.example("rhel9.xml"))
        repository.git("add", "-A")
        var commit = Program(["-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-qm", "first"], in: repository.path)
        commit.executable = "/usr/bin/git"
        commit.environment = ["PATH=/" + Program.path.split(separator: "/").dropLast().joined(separator: "/") + ":/usr/bin:/bin"]
        let outcome = commit.run()
        #expect(outcome.status == 1)
        #expect((outcome.text + outcome.errors).contains("[guest-isa-level]"))
        #expect(repository.attempt(["rev-parse", "--verify", "HEAD"]).status != 0)
    }

    @Test("What a guest sees: QEMU's brand string, features a line each; the file behind it as it is")
    func show() {
        let text = Definitions.guest("<cpu><model>EPYC-IBPB</model><feature name='ibpb' policy='disable'/></cpu>")
        let outcome = Program(["show"], input: .text(text)).run()
        #expect(outcome.status == 0)
        // As QEMU 7.2 has it.
        #expect(outcome.text.contains("brand string  AMD EPYC Processor (with IBPB)\n"))
        #expect(outcome.text.contains("\n  aes\n"))
        #expect(!outcome.text.contains("\n  ibpb\n"))
        let whole = Program(["show", "--with-source"], input: .text(text)).run()
        #expect(whole.text == outcome.text + text)
        let broken = Program(["show", "--with-source"], input: .text("<domain")).run()
        #expect(broken.status == 0 && broken.text.hasSuffix("<domain"))
        #expect(Program(["show"], input: .text("<domain")).run().status == 2)
    }
}
