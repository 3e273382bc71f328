import Glibc
import TestSupport
import Testing

/// Definitions that lay in the branch unchecked until a pushed policy has them checked. No later push changes them, so they are judged
/// with that policy's push.
@Suite("Definitions that a pushed policy has checked")
struct NewlyCheckedTests {
    private static let none = String(repeating: "0", count: 40)
    private static let rules = "default: keep\nrules: {host-passthrough: error}\n"

    private func push(_ repository: TestRepository, from old: String, _ options: [String] = []) -> Outcome {
        Program(["hook", "pre-receive"] + options, input: .text("\(old) \(repository.head) refs/heads/main\n"), in: repository.path).run()
    }

    /// A repository with a policy and these files, committed.
    private func repository(_ policy: String, _ files: [(name: String, text: String)]) -> TestRepository {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", Self.rules + policy)
        for file in files { repository.write(file.name, file.text) }
        repository.commit()
        return repository
    }

    private func bad(_ name: String) -> String { Definitions.guest("<cpu mode='host-passthrough'/>", name: name) }

    @Test("They are judged when the policy changes, by whatever key and in whatever file", arguments: [
        ("", ".virt-cpu.yaml", "\(rules)include: ['*.domain']\n", "b.domain"),
        ("exclude: [vms/old.xml]\n", ".virt-cpu.yaml", rules, "vms/old.xml"),
        ("exclude: [vms/]\n", "vms/.virt-cpu.yaml", rules, "vms/old.xml"),
        ("extends: base.yaml\n", "base.yaml", "default: keep\ninclude: ['.hidden/*.xml']\n", ".hidden/h.xml"),
    ])
    func judged(_ policy: String, _ file: String, _ text: String, _ name: String) {
        let repository = repository(policy, [
            ("base.yaml", "default: keep\n"), ("b.domain", bad("b")), ("vms/old.xml", bad("old")), (".hidden/h.xml", bad("h")), ("vm.xml", bad("vm")), ("main.c", "int"),
        ])
        let old = repository.head
        repository.write(file, text)
        repository.commit()
        for options in [[], ["--pushed-policy"]] {
            let outcome = push(repository, from: old, options)
            #expect(outcome.status == 1 && outcome.findings.filter { $0.hasSuffix(" host-passthrough") } == ["\(name) host-passthrough"], "\(outcome.text)\(outcome.errors)")
        }
        // The next push says no more about them.
        let next = repository.head
        repository.commit("nothing")
        #expect(push(repository, from: next).text == "")
    }

    @Test("So are those of the same push, and those of the first one")
    func samePush() {
        let repository = repository("", [("a.xml", Definitions.hostModel)])
        let old = repository.head
        repository.write(".virt-cpu.yaml", Self.rules + "include: ['*.domain']\n")
        repository.write("b.domain", Definitions.invalid)
        repository.commit()
        let server = TestRepository(bare: true)
        repository.git("push", "-q", server.path, "main:refs/elsewhere/x")
        let first = Program(["hook", "pre-receive"], input: .text("\(Self.none) \(repository.head) refs/heads/main\n"), in: server.path).run()
        for outcome in [push(repository, from: old), first] {
            #expect(outcome.status == 1 && outcome.text.contains("b.domain:"), "\(outcome.text)\(outcome.errors)")
        }
    }

    @Test("A link to an unchecked definition is judged, too, and one that leads out of the version is refused")
    func links() {
        for (target, status) in [("data", 1), ("/etc/vm.xml", 2)] {
            let repository = repository("", [("data", bad("b"))])
            #expect(symlink(target, "\(repository.path)/b.domain") == 0)
            repository.commit()
            let old = repository.head
            repository.write(".virt-cpu.yaml", Self.rules + "include: ['*.domain']\n")
            repository.commit()
            let outcome = push(repository, from: old)
            #expect(outcome.status == Int32(status) && (outcome.text + outcome.errors).contains("b.domain:"), "\(outcome.text)\(outcome.errors)")
        }
    }

    private static func windows(_ model: String) -> String {
        Definitions.guest(
            "<cpu mode='custom' match='exact'><model fallback='forbid'>\(model)</model></cpu>", name: "w",
            extra: """
                  <uuid>11111111-2222-3333-4444-555555555555</uuid>
                  <metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'><l:os id='http://microsoft.com/win/11'/></l:libosinfo></metadata>

                """)
    }

    @Test("A Windows guest is compared with what it was when it was checked", arguments: ["include: ['*.domain']\n", ""])
    func windows(_ before: String) {
        let including = "include: ['*.domain']\n"
        // It was checked as win.xml, or as win.domain under an earlier policy.
        let repository = repository(before, [(before.isEmpty ? "win.xml" : "win.domain", Self.windows("EPYC"))])
        repository.write(".virt-cpu.yaml", Self.rules)
        if before.isEmpty { repository.git("mv", "win.xml", "win.domain") }
        repository.commit()
        repository.write("win.domain", Self.windows("EPYC-IBPB"))
        repository.commit()
        let old = repository.head
        repository.write(".virt-cpu.yaml", Self.rules + including)
        repository.commit()
        let outcome = push(repository, from: old)
        #expect(outcome.status == 1 && outcome.text.contains("[windows-cpu-change]"), "\(outcome.text)\(outcome.errors)")
    }

    @Test("A policy that has nothing else checked, or less, has nothing judged")
    func nothingNew() {
        for policy in ["include: ['*.domain']\nexclude: [x/]\n", "", "include: ['*.domain']\nwindows: keep\n"] {
            let repository = repository("include: ['*.domain']\n", [("a.xml", bad("a")), ("b.domain", bad("b"))])
            let old = repository.head
            repository.write(".virt-cpu.yaml", Self.rules + policy)
            repository.write("c.domain", Definitions.guest("<cpu mode='host-model'/>", name: "c"))
            repository.commit()
            let outcome = push(repository, from: old)
            #expect(outcome.status == 0 && !outcome.findings.contains { $0.hasSuffix(" host-passthrough") }, "\(policy): \(outcome.text)\(outcome.errors)")
        }
    }
}
