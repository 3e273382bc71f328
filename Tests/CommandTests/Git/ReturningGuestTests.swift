import Glibc
import TestSupport
import Testing

/// A guest that is deleted and comes back is the same guest to Windows.
@Suite("Guests that come back")
struct ReturningGuestTests {
    private static func windows(_ model: String, name: String = "w", uuid: String? = "11111111-2222-3333-4444-555555555555") -> String {
        Definitions.guest(
            "<cpu mode='custom' match='exact'><model fallback='forbid'>\(model)</model></cpu>", name: name,
            extra: (uuid.map { "  <uuid>\($0)</uuid>\n" } ?? "")
                + "  <metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'><l:os id='http://microsoft.com/win/11'/></l:libosinfo></metadata>\n")
    }

    private func push(_ repository: TestRepository, from old: String, _ reference: String = "refs/heads/main") -> Outcome {
        Program(["hook", "pre-receive"], input: .text("\(old) \(repository.head) \(reference)\n"), in: repository.path).run()
    }

    /// A repository with a Windows guest in `win.xml`.
    private func repository(_ policy: String = "default: keep\n", _ guest: String = windows("EPYC")) -> TestRepository {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", policy)
        repository.write("win.xml", guest)
        repository.commit()
        return repository
    }

    private func delete(_ repository: TestRepository, _ name: String = "win.xml") {
        repository.git("rm", "-q", name)
        repository.commit("delete")
    }

    /// Adds 1,001 empty commits to a branch, in one pack, as fast-import makes it.
    private func addManyCommits(to repository: TestRepository, on branch: String) {
        var commits = ""
        for number in 1...1001 {
            commits += "commit refs/heads/\(branch)\ncommitter T <t@example.org> \(2_000_000_000 + number) +0000\ndata 0\n"
                + (number == 1 ? "from \(repository.head)\n" : "") + "\n"
        }
        var imported = Program(["fast-import", "--quiet"], input: .text(commits), in: repository.path)
        imported.executable = "/usr/bin/git"
        #expect(imported.run().status == 0)
        repository.git("reset", "-q", "--hard", branch)
    }

    private func expectChange(_ outcome: Outcome, from file: String, _ comment: Comment? = nil) {
        #expect(outcome.status == 1 && outcome.text.contains("[windows-cpu-change]") && outcome.text.contains("earlier version: \(file)"), comment)
    }

    @Test("Deleted in one push and added with another CPU in the next: a change, in any file, staged and pushed")
    func twoPushes() {
        let repository = repository()
        delete(repository)
        for number in 1...3 { repository.commit("nothing \(number)") }
        let old = repository.head
        repository.write("vms/other.xml", Self.windows("EPYC-IBPB", name: "another"))
        repository.git("add", "-A")
        expectChange(repository.check("--staged"), from: "win.xml, before commit ")
        repository.commit("return")
        expectChange(push(repository, from: old), from: "win.xml, before commit ")
        expectChange(repository.check("--rev", "HEAD", "--against", "HEAD~1"), from: "win.xml, before commit ")
        expectChange(repository.check("--against", old), from: "win.xml, before commit ")
    }

    @Test("Both in one push of several commits, on its branch and on a new one")
    func onePush() {
        let repository = repository()
        let old = repository.head
        repository.git("checkout", "-q", "-b", "topic")
        delete(repository)
        repository.write("z.xml", Self.windows("EPYC-IBPB"))
        repository.commit("return")
        expectChange(push(repository, from: old), from: "win.xml")
        let new = repository.head
        repository.git("checkout", "-q", "main")
        let created = Program(
            ["hook", "pre-receive"], input: .text("\(String(repeating: "0", count: 40)) \(new) refs/heads/new\n"), in: repository.path
        ).run()
        expectChange(created, from: "win.xml")
    }

    @Test("It is compared with each definition that it had, not only with the last one")
    func each() {
        let repository = repository()
        repository.write("win.xml", Self.windows("EPYC-Rome"))
        repository.commit("accepted once")
        delete(repository)
        let old = repository.head
        repository.write("win.xml", Self.windows("EPYC-Rome"))
        repository.commit("the last")
        expectChange(push(repository, from: old), from: "win.xml, before commit ")
        repository.git("reset", "-q", "--hard", old)
        repository.write("win.xml", Self.windows("EPYC"))
        repository.commit("the first")
        expectChange(push(repository, from: old), from: "win.xml, before commit ")
    }

    @Test("Another definition that a push adds and deletes again is not the only one, whatever kind it is and whatever dates the commits have")
    func between() {
        let other = Self.windows("EPYC-IBPB")
        for text in [other, "<domainsnapshot>\n<name>s</name>\n\(other)</domainsnapshot>\n"] {
            let repository = repository()
            delete(repository)
            repository.write("b.xml", text)
            repository.git("add", "-A")
            repository.git("commit", "-q", "-m", "add", "--date", "2040-01-01T00:00:00Z")
            delete(repository, "b.xml")
            let old = repository.head
            repository.write("win.xml", other)
            repository.commit("return")
            expectChange(push(repository, from: old), from: "win.xml, before commit ")
        }
        let same = repository()
        delete(same)
        let old = same.head
        same.write("z.xml", Self.windows("EPYC"))
        same.commit("return")
        #expect(push(same, from: old).status == 0)
    }

    @Test("A merge that keeps only its own side deletes what the other side had")
    func ours() {
        let repository = repository("default: keep\n", Definitions.hostModel)
        repository.git("checkout", "-q", "-b", "side")
        repository.write("w.xml", Self.windows("EPYC"))
        repository.commit("add")
        repository.git("checkout", "-q", "main")
        repository.git("merge", "-q", "-s", "ours", "-m", "merge", "side")
        let old = repository.head
        repository.write("w.xml", Self.windows("EPYC-IBPB"))
        repository.commit("return")
        expectChange(push(repository, from: old), from: "w.xml, before commit ")
    }

    @Test("What a link led to was checked")
    func link() {
        let repository = repository("default: keep\n", Definitions.hostModel)
        repository.write("w.dat", Self.windows("EPYC"))
        #expect(symlink("./w.dat", "\(repository.path)/w.xml") == 0)
        repository.commit("link")
        delete(repository, "w.xml")
        repository.write("w.dat", Self.windows("EPYC-IBPB"))
        repository.commit("change")
        let old = repository.head
        #expect(symlink("w.dat", "\(repository.path)/w.xml") == 0)
        repository.commit("return")
        expectChange(push(repository, from: old), from: "w.dat, before commit ")
    }

    @Test("In a branch of its own history, it is compared with what it is and was in HEAD", arguments: [false, true])
    func orphan(_ isDeletedInHead: Bool) {
        let repository = repository()
        if isDeletedInHead { delete(repository) }
        repository.git("checkout", "-q", "--orphan", "topic")
        repository.git("rm", "-q", "-r", "-f", "--cached", ".")
        unlink("\(repository.path)/win.xml")
        repository.commit("without the guest")
        let old = repository.head
        repository.write("z.xml", Self.windows("EPYC-IBPB"))
        repository.commit("return")
        let new = repository.head
        repository.git("symbolic-ref", "HEAD", "refs/heads/main")
        let outcome = Program(["hook", "pre-receive"], input: .text("\(old) \(new) refs/heads/topic\n"), in: repository.path).run()
        expectChange(outcome, from: "win.xml", "\(outcome.text)\(outcome.errors)")
        // Where HEAD is the branch itself, its own history decides.
        repository.git("symbolic-ref", "HEAD", "refs/heads/topic")
        let alone = Program(["hook", "pre-receive"], input: .text("\(old) \(new) refs/heads/topic\n"), in: repository.path).run()
        #expect(alone.status == 0, "\(alone.text)\(alone.errors)")
    }

    @Test("What HEAD has is not hidden by a thousand commits of the branch, and the same definition is no change")
    func manyCommits() {
        let repository = repository()
        let main = repository.head
        repository.git("checkout", "-q", "-b", "topic")
        delete(repository)
        addManyCommits(to: repository, on: "topic")
        let old = repository.head
        for (model, status) in [("EPYC-IBPB", 1), ("EPYC", 0)] {
            repository.git("checkout", "-q", "topic")
            repository.git("reset", "-q", "--hard", old)
            repository.write("z.xml", Self.windows(model))
            repository.commit("return")
            let new = repository.head
            repository.git("checkout", "-q", "--detach", main)
            let outcome = Program(["hook", "pre-receive"], input: .text("\(old) \(new) refs/heads/topic\n"), in: repository.path).run()
            #expect(outcome.status == Int32(status), "\(model): \(outcome.text)\(outcome.errors)")
        }
    }

    @Test("In a file that another guest had meanwhile, it is not compared with that one")
    func samePlace() {
        let repository = repository()
        repository.write(
            "win.xml",
            Definitions.guest(
                "<cpu mode='custom' match='exact'><model fallback='forbid'>EPYC-IBPB</model></cpu>", name: "l",
                extra: "  <uuid>99999999-2222-3333-4444-555555555555</uuid>\n"))
        repository.commit("another guest")
        let old = repository.head
        repository.write("win.xml", Self.windows("EPYC-IBPB"))
        repository.commit("return")
        expectChange(push(repository, from: old), from: "win.xml, before commit ")
    }

    @Test("In the place of another Windows guest, or as another guest that takes its UUID, it is compared with what it was")
    func otherIdentity() {
        let place = repository()
        delete(place)
        place.write("x.xml", Self.windows("EPYC-IBPB", name: "x", uuid: "99999999-2222-3333-4444-555555555555"))
        place.commit("another Windows guest")
        var old = place.head
        place.write("x.xml", Self.windows("EPYC-IBPB"))
        place.commit("return")
        expectChange(push(place, from: old), from: "win.xml, before commit ")

        let taken = repository()
        delete(taken)
        func other(_ extra: String) -> String {
            Definitions.guest("<cpu mode='custom' match='exact'><model fallback='forbid'>EPYC-IBPB</model></cpu>", name: "foo", extra: extra)
        }
        taken.write("x.xml", other(""))
        taken.commit("no UUID")
        old = taken.head
        taken.write("x.xml", other("  <uuid>11111111-2222-3333-4444-555555555555</uuid>\n"))
        taken.commit("return")
        expectChange(push(taken, from: old), from: "win.xml, before commit ")
    }

    @Test("A guest that gets a UUID is not compared with all that it was under its name")
    func getsUUID() {
        let repository = repository("default: keep\n", Self.windows("EPYC", uuid: nil))
        repository.write("win.xml", Self.windows("EPYC-IBPB", uuid: nil))
        repository.commit("accepted")
        let old = repository.head
        repository.write("win.xml", Self.windows("EPYC-IBPB"))
        repository.commit("a UUID")
        #expect(push(repository, from: old).status == 0)
    }

    @Test("A guest with more definitions than are kept is refused, because they could hide others")
    func manyDefinitions() {
        let repository = repository()
        let old = repository.head
        repository.git("checkout", "-q", "-b", "topic")
        for number in 0...64 {
            repository.write("win.xml", Self.windows("EPYC-IBPB", name: "w\(number)"))
            repository.commit("\(number)")
        }
        delete(repository)
        let deleted = repository.head
        #expect(push(repository, from: old, "refs/heads/topic").status == 0)
        repository.write("win.xml", Self.windows("EPYC-IBPB"))
        repository.commit("return")
        let outcome = push(repository, from: deleted, "refs/heads/topic")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("more than 64 different definitions"), "\(outcome.errors)")
    }

    @Test("A copy of an excluded definition is compared with what the guest was when it was checked")
    func copyOfExcluded() {
        let repository = repository("default: keep\nexclude: [archive/]\n")
        repository.write("archive/x", "")
        repository.git("mv", "win.xml", "archive/w.xml")
        repository.commit("away")
        repository.write("archive/w.xml", Self.windows("EPYC-IBPB"))
        repository.commit("changed")
        let old = repository.head
        repository.write("w.xml", Self.windows("EPYC-IBPB"))
        repository.commit("copy")
        expectChange(push(repository, from: old), from: "win.xml, before commit ")
    }

    @Test("A merge that deletes it, a file that gets another guest's definition, and a definition without a UUID")
    func ways() {
        let merged = repository()
        merged.git("checkout", "-q", "-b", "side")
        merged.commit("side")
        merged.git("checkout", "-q", "main")
        merged.commit("main")
        merged.git("merge", "-q", "--no-ff", "--no-commit", "side")
        merged.git("rm", "-q", "win.xml")
        merged.git("commit", "-q", "-m", "merge")
        let replaced = repository()
        replaced.write("win.xml", Definitions.hostModel)
        replaced.commit("another guest")
        let unnamed = repository("default: keep\n", Self.windows("EPYC", uuid: nil))
        delete(unnamed)
        for (repository, name) in [(merged, "merged"), (replaced, "replaced"), (unnamed, "without a UUID")] {
            let old = repository.head
            repository.write("z.xml", Self.windows("EPYC-IBPB"))
            repository.commit("return")
            expectChange(push(repository, from: old), from: "win.xml, before commit ", "\(name)")
        }
        // Another installation, which libvirt gave another UUID.
        let other = repository()
        delete(other)
        let old = other.head
        other.write("win.xml", Self.windows("EPYC-IBPB", uuid: "99999999-2222-3333-4444-555555555555"))
        other.commit("new")
        #expect(push(other, from: old).status == 0)
    }

    @Test("Changes in a file that was not checked do not count", arguments: [("win.txt", "default: keep\n"), ("old/win.xml", "exclude: [old/]\n")])
    func unchecked(_ name: String, _ policy: String) {
        let repository = repository(policy)
        repository.write("old/x", "")
        repository.git("mv", "win.xml", name)
        repository.commit("away")
        repository.write(name, Self.windows("EPYC-IBPB"))
        repository.commit("changed")
        let old = repository.head
        repository.git("mv", name, "win.xml")
        repository.commit("back")
        expectChange(push(repository, from: old), from: "win.xml, before commit ")
    }

    @Test("The history is read for 1000 commits; what it does not reach is said of a Windows guest, and only then")
    func bound() {
        let repository = repository()
        delete(repository)
        addManyCommits(to: repository, on: "main")
        let old = repository.head
        repository.write("win.xml", Self.windows("EPYC-IBPB"))
        repository.write("linux.xml", Definitions.hostModel)
        repository.commit("return")
        let outcome = push(repository, from: old)
        #expect(outcome.status == 0)
        let note = "domain w counts as new: the last 1000 commits delete no guest like it, and older ones were not read"
        #expect(outcome.errors.replacing("\n", with: " ").contains(note), "\(outcome.errors)")
        #expect(outcome.errors.ranges(of: "counts as new").count == 1)
        repository.git("reset", "-q", "--hard", "HEAD~4")
        let nearer = repository.head
        repository.write("win.xml", Self.windows("EPYC-IBPB"))
        repository.commit("return")
        expectChange(push(repository, from: nearer), from: "win.xml, before commit ")
    }
}
