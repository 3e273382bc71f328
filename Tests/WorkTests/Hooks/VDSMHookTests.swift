import Glibc
import SystemPackage
import TestSupport
import Testing
import Work

@Suite("VDSM's hook")
struct VDSMHookTests {
    private let directory = TemporaryDirectory()

    private func hook(_ file: String?, policy: String = "default: Haswell\n", strict: Bool = false) -> Outcome {
        let settings = Settings.discovering { $0.policyFile = directory.write("policy.yaml", policy) }
        return outcome { try VDSMHook.run(file: file.map { FilePath($0) }, strict: strict, settings, $0) }
    }

    @Test("The file is rewritten and keeps its mode; nothing is printed and nothing lies beside it")
    func rewritten() {
        let file = directory.write("tmp/dom", Definitions.hostModel)
        chmod(file, 0o640)
        let outcome = hook(file)
        #expect(outcome.status == 0 && outcome.text == "" && outcome.errors == "")
        #expect(directory.text("tmp/dom").contains(">Haswell</model>"))
        var status = stat()
        #expect(stat(file, &status) == 0 && status.st_mode & 0o7777 == 0o640)
        #expect(Corpus.names(in: "\(directory.path)/tmp") == ["dom"])
    }

    @Test("Names that only the host has are noted, once, and stop nothing")
    func newNames() {
        let host = directory.write("hv07.xml", """
            <capabilities><host><cpu><arch>x86_64</arch><model>EPYC-Turin</model><vendor>AMD</vendor><feature name='nexus-feature'/></cpu></host></capabilities>
            """)
        let file = directory.write("dom", Definitions.hostModel + Definitions.passthrough)
        let outcome = hook(file, policy: "default: keep\nhosts: ['\(host)']\n", strict: true)
        #expect(outcome.status == 0)
        #expect(outcome.errors.hasPrefix("virt-cpu: note: host hv07 has a newer libvirt or QEMU than the CPU maps of this program (libvirt "))
        #expect(outcome.errors.hasSuffix("; taken by name: nexus-feature\n"))
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    @Test("A file with the policy's CPU is not touched")
    func untouched() {
        let file = directory.write("dom", Definitions.hostModel)
        var before = stat(), after = stat()
        #expect(stat(file, &before) == 0)
        #expect(hook(file, policy: "default: host-model\n").status == 0)
        #expect(stat(file, &after) == 0)
        #expect(before.st_ino == after.st_ino)
        #expect(directory.text("dom") == Definitions.hostModel)
    }

    @Test("A guest with an error is refused: 2 stops the start, and the file stays")
    func refused() {
        let file = directory.write("dom", Definitions.passthrough)
        let outcome = hook(file, policy: "default: keep\nrules: {host-passthrough: error}\n")
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("virt-cpu: g was not started:\n"))
        #expect(directory.text("dom") == Definitions.passthrough)
    }

    @Test("Something that cannot be read is reported and stops nothing; in a strict hook it stops the start")
    func broken() {
        let file = directory.write("dom", Definitions.hostModel)
        for (name, policy, message) in [
            (file, "rules: [", "policy.yaml:1:"),
            ("\(directory.path)/none", "default: Haswell\n", "No such file"), (nil, "default: Haswell\n", "_hook_domxml"),
        ] {
            let open = hook(name, policy: policy), strict = hook(name, policy: policy, strict: true)
            #expect(open.status == 0 && strict.status == 2, "\(message)")
            #expect(open.errors.contains(message) && strict.errors.contains(message), "\(open.errors)")
        }
        #expect(directory.text("dom") == Definitions.hostModel)
    }

    @Test("A definition that cannot be read does not start: its author could choose that")
    func unreadableDefinition() {
        let attributes = (0...1024).map { " a\($0)=''" }.joined()
        for text in ["<domain><cpu>", Definitions.guest("<cpu mode='host-model'/>", extra: "<metadata><x\(attributes)/></metadata>")] {
            let outcome = hook(directory.write("dom", text))
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("dom:"), "\(outcome.errors)")
            #expect(directory.text("dom") == text)
        }
    }
}
