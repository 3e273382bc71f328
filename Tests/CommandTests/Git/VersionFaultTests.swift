import Glibc
import TestSupport
import Testing

/// Ways in which a changed Windows guest could be taken for a new one, or be missed.
@Suite("check of git's versions: nothing is missed")
struct VersionFaultTests {
    private static func windows(_ model: String) -> String {
        Definitions.guest(
            "<cpu><model fallback='forbid'>\(model)</model></cpu>", name: "w",
            extra: "  <uuid>0294388d-94d5-407e-8e75-bd806ad56220</uuid>\n  <features><hyperv><relaxed state='on'/></hyperv></features>\n")
    }

    /// A repository with a Windows guest in a file, and a policy that would rewrite it.
    private func repository(_ file: String, default target: String = "keep") -> TestRepository {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", "default: \(target)\nrules: {fallback-allow: off}\n")
        repository.write(".gitignore", "build/\n")
        repository.write(file, Self.windows("EPYC"))
        repository.write("linux.xml", Definitions.hostModel)
        repository.commit()
        return repository
    }

    private func reportsChange(_ outcome: Outcome) -> Bool {
        outcome.status == 1 && outcome.text.contains("[windows-cpu-change]")
    }

    @Test("A file of any name has an earlier version", arguments: ["vms/w.domain", ".machines/w.xml"])
    func names(_ file: String) {
        let repository = repository(file)
        repository.write(file, Self.windows("EPYC-IBPB"))
        repository.git("add", "-A")
        #expect(reportsChange(repository.check("--staged", file)))
        #expect(reportsChange(repository.check("--against", "HEAD", file)))
        // Now it has the name of a definition for the first time.
        repository.git("mv", file, "renamed.xml")
        #expect(reportsChange(repository.check("--staged")))
    }

    @Test("Files that git does not track, and files elsewhere, are compared with the earlier guest of their UUID", arguments: ["build/out.xml", "-", "/"])
    func untracked(_ place: String) {
        let repository = repository("w.xml", default: "host-model")
        let elsewhere = TemporaryDirectory()
        let changed = Self.windows("EPYC-IBPB")
        repository.write("build/out.xml", changed)
        let outside = elsewhere.write("out.xml", changed)
        let program = Program(["check", "--against", "HEAD", place == "/" ? outside : place], input: .text(changed), in: repository.path)
        let outcome = program.run()
        #expect(reportsChange(outcome), "\(outcome.text)\(outcome.errors)")
        #expect(!outcome.text.contains("[cpu-not-default]"), "it is not a new guest")
    }

    @Test("A copy that keeps its original's UUID is not a new guest")
    func copies() {
        let repository = repository("w.xml", default: "host-model")
        repository.write("copy.xml", Self.windows("EPYC-IBPB"))
        repository.git("add", "-A")
        let outcome = repository.check("--staged", "--fix")
        #expect(reportsChange(outcome))
        #expect(outcome.complaints.contains("is defined in copy.xml, w.xml"))
        #expect(repository.git("diff", "--stat") == "", "nothing is rewritten")
    }

    @Test("REV... is the merge base: a branch has no findings for changes of the other")
    func mergeBase() {
        let repository = repository("w.xml")
        repository.git("switch", "-q", "-c", "topic")
        repository.write("new.xml", Definitions.hostModel.replacing(">g<", with: ">n<"))
        repository.commit()
        repository.git("switch", "-q", "main")
        repository.write("w.xml", Self.windows("EPYC-IBPB"))
        repository.commit()
        #expect(reportsChange(repository.check("--rev", "topic", "--against", "main")))
        #expect(repository.check("--rev", "topic", "--against", "main...").status == 0)
        var hook = Program(["hook", "pre-commit"], in: repository.path)
        hook.environment = ["HOME=\(repository.path)", "PRE_COMMIT_FROM_REF=main", "PRE_COMMIT_TO_REF=topic"]
        #expect(hook.run().status == 0)
    }

    /// Runs `hook pre-commit` as the pre-commit framework does.
    private func hook(_ repository: TestRepository, _ arguments: String...) -> Outcome {
        var hook = Program(["hook", "pre-commit"] + arguments, in: repository.path)
        hook.environment = ["HOME=\(repository.path)", "GIT_CONFIG_NOSYSTEM=1"]
        return hook.run()
    }

    @Test("hook pre-commit: a named file of which nothing is staged is checked as it is in the work tree, against HEAD")
    func namedInHook() {
        let repository = repository("w.xml")
        repository.write("bad.xml", Definitions.invalid)
        repository.commit()
        #expect(hook(repository).status == 0)
        #expect(hook(repository, "--", "linux.xml", "w.xml").status == 0)
        let committed = hook(repository, "--", "linux.xml", "w.xml", "bad.xml")
        #expect(committed.status == 1 && committed.text.contains("bad.xml:") && committed.text.contains("[duplicate-feature]"))
        repository.write("w.xml", Self.windows("EPYC-IBPB"))
        #expect(hook(repository, "--", "linux.xml").status == 0)
        #expect(reportsChange(hook(repository, "--", "w.xml")))
        // In another file, it is still the same guest.
        repository.git("mv", "w.xml", "moved.xml")
        repository.git("reset", "-q")
        repository.git("add", "-N", "moved.xml")
        #expect(reportsChange(hook(repository, "--", "moved.xml")))
    }

    @Test("hook pre-commit: what is staged is checked as it is staged, named or not, and once")
    func stagedInHook() {
        let repository = repository("w.xml")
        repository.write("w.xml", Self.windows("EPYC-IBPB"))
        repository.git("add", "-A")
        repository.write("w.xml", Self.windows("EPYC"))
        for names in [[], ["w.xml"], ["linux.xml"]] as [[String]] {
            var program = Program(["hook", "pre-commit", "--"] + names, in: repository.path)
            program.environment = ["HOME=\(repository.path)", "GIT_CONFIG_NOSYSTEM=1"]
            let outcome = program.run()
            #expect(reportsChange(outcome))
            #expect(outcome.text.split(separator: "[windows-cpu-change]").count == 2, "\(outcome.text)")
        }
    }

    @Test("hook pre-commit: named files that the policy excludes or that are hidden are left out")
    func excludedInHook() {
        let repository = repository("w.xml")
        repository.write(".virt-cpu.yaml", "default: keep\nexclude: [generated/*]\n")
        repository.write("generated/bad.xml", Definitions.invalid)
        repository.write(".hidden/bad.xml", Definitions.invalid)
        repository.commit()
        let outcome = hook(repository, "--", "generated/bad.xml", ".hidden/bad.xml", "linux.xml")
        #expect(outcome.status == 0 && outcome.text == "", "\(outcome.text)\(outcome.errors)")
    }

    @Test("--staged --fix leaves alone files that differ from their staged versions, whatever git is told to ignore", arguments: ["diff.relative", "assume-unchanged"])
    func unstaged(_ way: String) {
        let repository = repository("vms/w.xml", default: "host-model")
        let old = Definitions.passthrough.replacing(">g<", with: ">l<")
        repository.write("vms/l.xml", old)
        repository.git("add", "-A")
        if way == "assume-unchanged" { repository.git("update-index", "--assume-unchanged", "vms/l.xml") }
        repository.write("vms/l.xml", old + "<!-- mine -->\n")
        repository.git("config", "diff.relative", "true")
        let outcome = repository.check("--staged", "--fix", in: "/vms")
        #expect(outcome.status == 2)
        #expect(outcome.complaints.contains("l.xml: not changed: the file in the work tree differs from the staged one"))
        repository.git("config", "diff.relative", "false")
        #expect(String(decoding: Corpus.read("\(repository.path)/vms/l.xml"), as: UTF8.self).hasSuffix("<!-- mine -->\n"))
    }

    @Test("An earlier version that is not XML is reported even with --quiet; one that git has lost is a failure")
    func unreadable() {
        let repository = repository("w.xml")
        repository.write("w.xml", "<domain")
        repository.commit()
        repository.write("w.xml", Self.windows("EPYC-IBPB"))
        repository.git("add", "-A")
        let quiet = repository.check("--staged", "--quiet")
        #expect(quiet.errors.contains("the earlier version cannot be read"))
        let blob = repository.git("rev-parse", "HEAD:w.xml").dropLast()
        unlink("\(repository.path)/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")
        #expect(repository.check("--staged", "--quiet").status == 2)
    }

    @Test("After an object that is too large, git's next answer is read from its beginning")
    func largeObjects() {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", "hosts: [big.xml]\n")
        repository.write("big.xml", String(repeating: "x", count: 17 << 20))
        repository.write("w.xml", Self.windows("EPYC"))
        repository.commit()
        let outcome = repository.check("--rev", "HEAD", "--policy-rev", "HEAD", "w.xml")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("larger than 16 MiB") && outcome.errors.utf8.count < 1000, "\(outcome.errors.prefix(300))")
    }

    @Test("A policy in a revision cannot be a symbolic link")
    func linkedPolicy() {
        let repository = repository("w.xml")
        repository.write("p.yaml", "default: keep\n")
        unlink("\(repository.path)/.virt-cpu.yaml")
        repository.directory.link(".virt-cpu.yaml", to: "p.yaml")
        repository.commit()
        let outcome = repository.check("--rev", "HEAD", "--policy-rev", "HEAD")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("HEAD:.virt-cpu.yaml: a policy must be a file, not a symbolic link"))
    }

    @Test("GIT_LITERAL_PATHSPECS, a separate GIT_DIR, git add -N, HEAD in a bare repository, a misspelt name")
    func surroundings() {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", "default: keep\nrules: {host-passthrough: error}\n")
        repository.write("vms/a.xml", Definitions.passthrough)
        repository.git("add", "-A")
        var literal = Program(["check", "--staged"], in: repository.path)
        literal.environment = ["HOME=\(repository.path)", "GIT_LITERAL_PATHSPECS=1"]
        #expect(literal.run().status == 1)
        repository.commit()

        repository.write("vms/later.xml", Definitions.passthrough)
        repository.git("add", "-N", "vms/later.xml")
        #expect(repository.check("--staged").status == 0, "nothing of it is staged yet")

        let slip = repository.check("--staged", "vms/aa.xml")
        #expect(slip.status == 2)
        #expect(slip.errors == "virt-cpu: error: vms/aa.xml: no such file in either version\n")
        #expect(repository.check("--staged", "vms/a.xml").status == 0, "unchanged is no slip")

        repository.git("clone", "-q", "--bare", ".", "server.git")
        #expect(repository.check("--rev", "main", "--against", "HEAD", in: "/server.git").status == 0)
        #expect(repository.check("--staged", in: "/server.git").status == 2)

        rename("\(repository.path)/.git", "\(repository.path)/../\(repository.path.split(separator: "/").last!).git")
        repository.write("vms/a.xml", Definitions.passthrough + "\n")
        var separate = Program(["check", "--against", "HEAD", "vms/a.xml"], in: repository.path)
        separate.environment = ["HOME=/nowhere", "GIT_DIR=\(repository.path).git", "GIT_WORK_TREE=\(repository.path)"]
        let outcome = separate.run()
        #expect(outcome.status == 1, "the policy at the top holds: \(outcome.errors)")
        rename("\(repository.path).git", "\(repository.path)/.git")
    }

    @Test("init --hook beside an existing policy installs the hook and leaves the policy")
    func initHook() {
        let repository = repository("w.xml")
        let outcome = Program(["init", "--hook"], in: repository.path).run()
        #expect(outcome.status == 0)
        #expect(outcome.errors.hasPrefix("wrote .git/hooks/pre-commit\n"))
        #expect(repository.git("status", "--porcelain") == "")
    }
}
