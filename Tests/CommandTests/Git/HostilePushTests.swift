import Glibc
import TestSupport
import Testing

/// What somebody who may push could do to get a definition past pre-receive.
@Suite("A hostile push")
struct HostilePushTests {
    private static let policy = "default: keep\nrules: {host-passthrough: error}\n"

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
        Program(["hook", "pre-receive"], input: .text("\(old) \(repository.head) refs/heads/main\n"), in: repository.path).run()
    }

    // MARK: Replacement objects and grafts

    @Test("Replacement objects do not count, neither for a definition nor for the policy")
    func replacements() {
        for (place, content) in [("vm.xml", Definitions.hostModel), (".virt-cpu.yaml", "default: keep\n")] {
            let repository = repository([("vm.xml", Definitions.hostModel)])
            let old = repository.head
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
        let bad = repository.head
        repository.commit("next")
        let next = repository.head
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

    // MARK: Attributes

    @Test("A definition that a clone or an archive would hold otherwise is refused", arguments: [
        (".gitattributes", "*.xml ident", true), ("vms/.gitattributes", "web.xml -text working-tree-encoding=ASCII", true),
        ("other/.gitattributes", "", false),
        // There is no definition below.
        ("a/.gitattributes", "[attr]x export-subst", false),
        (".gitattributes", "*.xml text eol=lf\n*.c ident\n# *.xml ident\n*.xml -ident", false),
        // A line is a C string to git, and what follows a name in quotation marks need not be separated from it.
        (".gitattributes", "*.xml ident\0", true), (".gitattributes", "*.xml ident\0x", true), (".gitattributes", "*.xml \0ident", false),
        (".gitattributes", "\"*.xml\"ident", true), (".gitattributes", "\"*.\\170ml\" ident", true), (".gitattributes", "\"*.xml\"-ident", false),
        (".gitattributes", "\u{FEFF}*.xml ident", true),
    ])
    func attributes(_ file: String, _ lines: String, _ isRefused: Bool) {
        let repository = repository([("vms/web.xml", Definitions.hostModel), ("main.c", "int main;")])
        let old = repository.head
        repository.write(file, lines + "\n")
        repository.commit()
        let outcome = push(repository, from: old)
        #expect(outcome.status == (isRefused ? 2 : 0), "\(outcome.errors)")
        if isRefused { #expect(outcome.errors.contains(".gitattributes:1: error: the attribute "), "\(outcome.errors)") }
    }

    @Test("Attributes of a definition that comes later are refused when it comes")
    func laterDefinition() {
        let repository = repository([(".gitattributes", "new.xml ident\n"), ("vm.xml", Definitions.hostModel)])
        let old = repository.head
        repository.write("new.xml", Definitions.hostModel)
        repository.commit()
        #expect(push(repository, from: old).status == 2)
    }

    @Test("Attributes count for a file of any name that may hold a domain, because a later policy can include it", arguments: [
        (Definitions.hostModel, true), ("<x:domain xmlns:x='u' type='kvm'/>", true), ("# domain\n", false),
    ])
    func attributesOfOtherNames(_ text: String, _ isRefused: Bool) {
        let repository = repository([("vm.xml", Definitions.hostModel)])
        let old = repository.head
        repository.write(".gitattributes", "b.txt ident\n")
        repository.write("b.txt", text)
        repository.commit()
        let outcome = push(repository, from: old)
        #expect(outcome.status == (isRefused ? 2 : 0), "\(outcome.errors)")
    }

    // MARK: New branches

    private func pushNew(_ repository: TestRepository, _ commit: String) -> Outcome {
        Program(["hook", "pre-receive"], input: .text("\(Self.none) \(commit) refs/heads/prod\n"), in: repository.path).run()
    }

    @Test("A new branch at a commit that was only a step of an earlier push is judged")
    func innerCommit() {
        let repository = repository([("vm.xml", Definitions.hostModel)])
        let old = repository.head
        repository.write("vm.xml", Definitions.passthrough)
        repository.commit()
        let step = repository.head
        repository.write("vm.xml", Definitions.hostModel)
        repository.commit()
        #expect(push(repository, from: old).status == 0)
        #expect(pushNew(repository, repository.head).status == 0)
        let outcome = pushNew(repository, step)
        #expect(outcome.status == 1 && outcome.text.contains("[host-passthrough]"), "\(outcome.errors)")
    }

    @Test("A Windows guest in a new branch without a common history is compared with the one in HEAD")
    func orphan() {
        func windows(_ model: String) -> String {
            Definitions.guest("<cpu><model>\(model)</model></cpu>", extra: "<features><hyperv><relaxed state='on'/></hyperv></features>")
        }
        let repository = repository([("vm.xml", windows("Skylake-Client-noTSX-IBRS"))], policy: "default: keep\n")
        repository.git("checkout", "-q", "--orphan", "prod")
        repository.write("vm.xml", windows("EPYC"))
        repository.commit()
        let new = repository.head
        repository.git("symbolic-ref", "HEAD", "refs/heads/main")
        let outcome = pushNew(repository, new)
        #expect(outcome.text.contains("[windows-cpu-change]"), "\(outcome.errors)")
    }

    @Test("A host file that cannot be read does not get in: no later push would be compared with the hosts before it")
    func brokenHost() {
        let host = String(decoding: Corpus.read("\(Corpus.repository)/Examples/hosts/hv01.capabilities.xml"), as: UTF8.self)
        let repository = repository(
            [("vm.xml", Definitions.hostModel), ("hosts/a.xml", host)], policy: "default: keep\nhosts: [hosts/*.xml]\n")
        let old = repository.head
        repository.write("hosts/b.xml", "<bad")
        repository.commit()
        let outcome = push(repository, from: old)
        #expect(outcome.status == 2 && outcome.errors.contains("hosts/b.xml:"), "\(outcome.errors)")
        repository.write("hosts/b.xml", host.replacing("<model>", with: "<!-- --><model>"))
        repository.commit()
        #expect(push(repository, from: old).status == 0)
    }

    // MARK: HEAD

    private static let none = String(repeating: "0", count: 40)

    @Test("While HEAD names no branch that exists, nobody can create a branch, whatever its name and the names of others")
    func unbornHead() {
        let repository = repository([("vm.xml", Definitions.hostModel)])
        // Pushed earlier by a stranger: the first branch by name, with a lax policy.
        repository.git("checkout", "-q", "-b", "aaa")
        repository.write(".virt-cpu.yaml", "default: keep\nrules: {host-passthrough: off}\n")
        repository.write("vm.xml", Definitions.passthrough)
        repository.commit()
        repository.git("symbolic-ref", "HEAD", "refs/heads/unborn")
        let new = String(repository.git("rev-parse", "aaa").dropLast())
        for (name, options) in [("zzz", []), ("0", []), ("unborn", []), ("zzz", ["--pushed-policy"]), ("zzz", ["--no-config"])] {
            let outcome = Program(
                ["hook", "pre-receive"] + options, input: .text("\(Self.none) \(new) refs/heads/\(name)\n"), in: repository.path
            ).run()
            #expect(outcome.status == 2, "\(name): \(outcome.errors)")
            #expect(
                outcome.errors.contains(
                    "refs/heads/\(name): refused, because nothing decides which policy applies to a new branch: the server's HEAD "
                        + "names refs/heads/unborn, which does not exist."), "\(outcome.errors)")
        }
        // Branches that exist have a policy of their own.
        repository.git("symbolic-ref", "HEAD", "refs/heads/main")
        let main = repository.head
        repository.git("symbolic-ref", "HEAD", "refs/heads/unborn")
        let moved = Program(["hook", "pre-receive"], input: .text("\(main) \(new) refs/heads/main\n"), in: repository.path).run()
        #expect(moved.status == 1 && moved.text.contains("[host-passthrough]"), "\(moved.errors)")
        // The server's administrator decides.
        repository.git("symbolic-ref", "HEAD", "refs/heads/main")
        let created = Program(["hook", "pre-receive"], input: .text("\(Self.none) \(new) refs/heads/zzz\n"), in: repository.path).run()
        #expect(created.status == 1 && created.text.contains("[host-passthrough]"), "\(created.errors)")
    }

    @Test("While HEAD names no branch that exists, nobody can delete the last one")
    func lastBranch() {
        let repository = repository()
        let main = repository.head
        repository.git("branch", "side")
        repository.git("symbolic-ref", "HEAD", "refs/heads/unborn")
        func delete(_ names: [String]) -> Outcome {
            let lines = names.map { "\(main) \(Self.none) refs/heads/\($0)\n" }.joined()
            return Program(["hook", "pre-receive"], input: .text(lines), in: repository.path).run()
        }
        #expect(delete(["side"]).status == 0)
        let both = delete(["side", "main"])
        #expect(both.status == 2 && both.errors.contains("refused, because no branch would be left"), "\(both.errors)")
        repository.git("symbolic-ref", "HEAD", "refs/heads/main")
        #expect(delete(["side", "main"]).status == 0)
    }

    @Test("The first push may create any branches; if HEAD's is not among them, it says what the server's HEAD needs")
    func firstPush() {
        let repository = repository([("vm.xml", Definitions.hostModel)])
        let server = TestRepository(bare: true)
        repository.git("push", "-q", server.path, "main:refs/elsewhere/x")
        let new = repository.head
        for (branches, isNamed) in [(["main"], true), (["side", "main"], true), (["side", "other"], false)] {
            let lines = branches.map { "\(Self.none) \(new) refs/heads/\($0)\n" }.joined()
            let outcome = Program(["hook", "pre-receive"], input: .text(lines), in: server.path).run()
            #expect(outcome.status == 0, "\(outcome.errors)")
            let note = "run: git symbolic-ref HEAD refs/heads/side"
            #expect(outcome.errors.replacing("\n", with: " ").contains(note) == !isNamed, "\(branches): \(outcome.errors)")
        }
    }

    // MARK: Symbolic links

    private func link(_ repository: TestRepository, _ name: String, to target: String) {
        unlink("\(repository.path)/\(name)")
        #expect(symlink(target, "\(repository.path)/\(name)") == 0)
    }

    @Test("A link is judged by what it leads to in the version, over other links and directories too", arguments: [
        ["vm.xml": "vm.cfg"], ["vm.xml": "./vm.cfg"], ["vm.xml": "a", "a": "b", "b": "vm.cfg"], ["vm.xml": "d/vm.cfg", "d": "."],
        ["vm.xml": "sub/../vm.cfg"],
    ])
    func links(_ links: [String: String]) {
        let repository = repository([("vm.xml", Definitions.hostModel), ("sub/x", "")])
        let old = repository.head
        repository.write("vm.cfg", Definitions.passthrough)
        for (name, target) in links { link(repository, name, to: target) }
        repository.git("add", "-A")
        let staged = Program(["hook", "pre-commit"], in: repository.path).run()
        #expect(staged.status == 1 && staged.text.contains("vm.xml:4:3: error: "), "\(staged.errors)")
        repository.commit()
        let pushed = push(repository, from: old)
        #expect(pushed.status == 1 && pushed.text.contains("vm.xml:4:3: error: "), "\(pushed.errors)")
        #expect(repository.check("--rev", "HEAD").status == 1)
    }

    @Test("A link that stays is judged when its target changes, and compared with what the target was")
    func changedTarget() {
        let repository = repository([("vm.cfg", Definitions.hostModel)])
        link(repository, "vm.xml", to: "vm.cfg")
        repository.commit()
        let old = repository.head
        repository.commit("nothing")
        #expect(push(repository, from: old).text == "")
        repository.write("vm.cfg", Definitions.passthrough)
        repository.commit()
        let outcome = push(repository, from: old)
        #expect(outcome.status == 1 && outcome.text.contains("vm.xml:4:3: error: "), "\(outcome.errors)")
    }

    @Test("A link that leads out of the version is refused, unless the policy excludes it", arguments: [
        "/etc/libvirt/qemu/vm.xml", "../vm.xml", "sub/../../vm.xml", ".git/description", "sub/.GIT/x",
    ])
    func leadingOut(_ target: String) {
        let repository = repository([("vm.xml", Definitions.hostModel), ("sub/x", "")])
        let old = repository.head
        link(repository, "vm.xml", to: target)
        repository.commit()
        let outcome = push(repository, from: old)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("vm.xml: not checked: the symbolic link leads out of the repository's files"), "\(outcome.errors)")
        let excluding = self.repository([("vm.xml", Definitions.hostModel)], policy: "exclude: [vm.xml]\n")
        let before = excluding.head
        link(excluding, "vm.xml", to: target)
        excluding.commit()
        #expect(push(excluding, from: before).status == 0)
    }

    @Test("A link to nothing, to itself or to a directory is no definition")
    func noDefinition() {
        for target in ["nothing.cfg", "vm.xml", "sub"] {
            let repository = repository([("sub/x", "")])
            let old = repository.head
            link(repository, "vm.xml", to: target)
            repository.commit()
            let outcome = push(repository, from: old)
            #expect(outcome.status == 0, "\(target): \(outcome.errors)")
        }
    }

    // MARK: Guests of one UUID

    private static let uuid = "11111111-2222-3333-4444-555555555555"

    private static func windows(_ model: String, uuid: String = uuid, name: String = "w") -> String {
        Definitions.guest(
            "<cpu mode='custom' match='exact'><model fallback='forbid'>\(model)</model></cpu>", name: name,
            extra: """
                  <uuid>\(uuid)</uuid>
                  <metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'><l:os id='http://microsoft.com/win/11'/></l:libosinfo></metadata>

                """)
    }

    private static let old = "Skylake-Client-noTSX-IBRS"

    private func expectChange(_ repository: TestRepository, from old: String, _ comment: Comment? = nil) {
        let outcome = push(repository, from: old)
        #expect(outcome.status == 1 && outcome.text.contains("[windows-cpu-change]"), comment)
    }

    @Test("Where a guest is renamed and copied, each copy is compared with it")
    func twoCopies() {
        let repository = repository([("win.xml", Self.windows(Self.old))])
        let old = repository.head
        repository.git("mv", "win.xml", "a.xml")
        repository.write("z.xml", Self.windows("EPYC"))
        repository.commit()
        expectChange(repository, from: old)
    }

    @Test("Each of several copies of a guest that stays is compared with it")
    func copiesOfUnchanged() {
        let repository = repository([("win.xml", Self.windows(Self.old))])
        let old = repository.head
        repository.write("a.xml", Self.windows(Self.old))
        repository.write("z.xml", Self.windows("EPYC"))
        repository.commit()
        expectChange(repository, from: old)
    }

    @Test("A guest that takes another guest's UUID is compared with that one, whatever it was before")
    func takenUUID() {
        let repository = repository([("win.xml", Self.windows(Self.old)), ("other.xml", Definitions.guest("<cpu mode='host-model'/>", name: "o"))])
        let old = repository.head
        repository.write("other.xml", Self.windows("EPYC", name: "o"))
        repository.commit()
        expectChange(repository, from: old)
    }

    @Test("The original of a copy is found however its UUID is spelt", arguments: [
        "\n    \(uuid)\n  ", "&#49;1111111-2222-3333-4444-555555555555", "<![CDATA[\(uuid)]]>", "11111111<!-- -->-2222-3333-4444-555555555555",
        "11111111222233334444555555555555",
    ])
    func spellings(_ spelling: String) {
        let repository = repository([("win.xml", Self.windows(Self.old, uuid: spelling))])
        let old = repository.head
        repository.write("z.xml", Self.windows("EPYC"))
        repository.commit()
        expectChange(repository, from: old, "\(spelling)")
    }

    @Test("The original of a copy is found in UTF-16, and behind a link")
    func otherPlaces() {
        let utf16 = repository()
        var bytes: [UInt8] = [0xff, 0xfe]
        for unit in Self.windows(Self.old).utf16 { bytes += [UInt8(unit & 255), UInt8(unit >> 8)] }
        utf16.directory.write(Array("win.xml".utf8), bytes)
        utf16.commit()
        let old = utf16.head
        utf16.write("z.xml", Self.windows("EPYC"))
        utf16.commit()
        expectChange(utf16, from: old, "UTF-16")
        let linked = repository([("win.cfg", Self.windows(Self.old))])
        link(linked, "win.xml", to: "win.cfg")
        linked.commit()
        let before = linked.head
        linked.write("z.xml", Self.windows("EPYC"))
        linked.commit()
        expectChange(linked, from: before, "link")
    }

    // MARK: Memory

    @Test("A long file takes no more memory than its largest domain, well-formed or not", arguments: ["", "<oops"])
    func longFile(_ end: String) {
        let repository = repository()
        let old = repository.head
        repository.write("vm.xml", Definitions.hostModel + String(repeating: "\n", count: 100 << 20) + end)
        // Asked for before the long one is, and after it.
        for name in ["a.xml", "z.xml"] { repository.write(name, Definitions.guest("<cpu mode='host-model'/>", name: name)) }
        repository.commit()
        let running = Program(["hook", "pre-receive"], input: .text("\(old) \(repository.head) refs/heads/main\n"), in: repository.path).start()
        var peak = 0
        while let memory = running.peakMemory {
            peak = max(peak, memory)
            usleep(1000)
        }
        let outcome = running.wait()
        #expect(outcome.status == (end.isEmpty ? 0 : 2), "\(outcome.errors)")
        #expect(peak > 0 && peak < 64 << 20, "\(peak >> 20) MiB")
    }
}
