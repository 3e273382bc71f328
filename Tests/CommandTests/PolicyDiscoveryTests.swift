import Glibc
import TestSupport
import Testing

@Suite("Which policy is read")
struct PolicyDiscoveryTests {
    static let isHostModel = "default: host-model\n"
    static let noHost = "virt-cpu: note: the default host-model-only is not looked at: no host is known: name one with --host (the output of virsh capabilities)\n"

    /// There may be a policy for the whole machine that these tests run on.
    static let isSystemWithoutPolicy = access("/etc/virt-cpu.yaml", F_OK) != 0

    private func filter(_ arguments: String..., in directory: String) -> Outcome {
        Program(["filter", "--quiet", "--no-local"] + arguments, input: .text(Definitions.passthrough), in: directory).run()
    }

    private func expectRewritten(_ outcome: Outcome, _ comment: Comment? = nil) {
        #expect(outcome.status == 0, comment)
        #expect(outcome.text == Definitions.hostModel, comment)
        #expect(outcome.errors == "", comment)
    }

    private func expectUntouched(_ outcome: Outcome, _ comment: Comment? = nil) {
        #expect(outcome.status == 0, comment)
        #expect(outcome.text == Definitions.passthrough, comment)
        #expect(outcome.errors == "", comment)
    }

    @Test("In a repository, from the input's directory upwards; the nearest is the only one")
    func upwards() {
        let directory = TemporaryDirectory()
        directory.write("repository/.virt-cpu.yaml", Self.isHostModel)
        directory.makeDirectory("repository/.git")
        let deep = directory.makeDirectory("repository/vms/lab")
        expectRewritten(filter(in: deep))
        expectUntouched(filter("--no-config", in: deep))
        directory.write("repository/vms/.virt-cpu.yaml", "default: keep\n")
        expectUntouched(filter(in: deep))
    }

    @Test("The top of the repository ends the search", .enabled(if: isSystemWithoutPolicy), arguments: ["directory", "file"])
    func top(_ kind: String) {
        let directory = TemporaryDirectory()
        directory.write(".virt-cpu.yaml", Self.isHostModel)
        directory.makeDirectory(".git")
        let inner = directory.makeDirectory("vendor/vms")
        expectRewritten(filter(in: inner))
        // A worktree and a submodule have a file there.
        if kind == "file" { directory.write("vendor/.git", "gitdir: ../.git\n") } else { directory.makeDirectory("vendor/.git") }
        expectUntouched(filter(in: inner))
    }

    @Test("Outside a repository only the directory itself is looked at", .enabled(if: isSystemWithoutPolicy))
    func outside() {
        let directory = TemporaryDirectory()
        directory.write(".virt-cpu.yaml", Self.isHostModel)
        expectRewritten(filter(in: directory.path))
        expectUntouched(filter(in: directory.makeDirectory("vms")))
    }

    @Test("--config names another, and the discovered one is not read")
    func named() {
        let directory = TemporaryDirectory()
        directory.write(".virt-cpu.yaml", "defualt: nonsense\n")
        directory.write("other/policy.yaml", Self.isHostModel)
        expectRewritten(filter("--config", "other/policy.yaml", in: directory.path))
        expectUntouched(filter("--no-config", in: directory.path))
        let missing = filter("--config", "none.yaml", in: directory.path)
        #expect(missing.status == 2)
        #expect(missing.output == [])
        #expect(missing.errors == "virt-cpu: error: none.yaml: No such file or directory\n")
        let notAFile = filter("--config", "other", in: directory.path)
        #expect(notAFile.status == 2)
        #expect(notAFile.errors == "virt-cpu: error: other: not a regular file\n")
    }

    @Test("--default and --rule beat the policy")
    func commandLine() {
        let directory = TemporaryDirectory()
        directory.write(".virt-cpu.yaml", "default: maximum\nrules: {host-passthrough: error}\n")
        expectRewritten(filter("--default", "host-model", in: directory.path))
        expectUntouched(filter("--default", "keep", "--rule", "host-passthrough=off", in: directory.path))
        #expect(filter("--default", "keep", in: directory.path).status == 1)
    }

    @Test("Mistakes in a policy: file, line, column, what was meant; exit 2 and nothing on stdout", arguments: [
        ("windows: keep\ndefualt: keep\n", "2:1: error: unknown key 'defualt' (did you mean 'default'?)\n    = help: the keys of a policy: hosts, default, windows, migration, libvirt, rules, guests"),
        ("default: host-modle\n", "1:10: error: 'host-modle' is no target (did you mean 'host-model'?)"),
        ("rules:\n  host-pasthrough: error\n", "2:3: error: unknown rule 'host-pasthrough' (did you mean 'host-passthrough'?)"),
        ("rules:\n  host-passthrough: eror\n", "2:21: error: unknown severity 'eror' (did you mean 'error'?)\n    = help: one of error, warning, note, off"),
        ("windows: kep\n", "1:10: error: 'windows' cannot be 'kep' (did you mean 'keep'?)\n    = help: one of keep, pin, rewrite"),
        ("hosts: [qemu:///system]\n", "1:9: error: a policy found beside its input cannot name a libvirt URI\n    = help: a URI can run commands: give 'qemu:///system' with --host, or the policy with --config"),
        ("hosts: [../x.xml]\n", "1:9: error: '../x.xml' can leave the policy's directory through '..': a policy found beside its input names files below it\n    = help: give it with --host, or the policy with --config"),
        ("hosts: [none-*.xml]\n", "1:9: error: no file matches none-*.xml"),
    ])
    func mistakes(_ policy: String, _ message: String) {
        let directory = TemporaryDirectory()
        let file = directory.write(".virt-cpu.yaml", policy)
        let outcome = filter(in: directory.path)
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors == "\(file):\(message)\n")
        directory.write("a.xml", Definitions.passthrough)
        let check = Program(["check", "a.xml"], in: directory.path).run()
        #expect(check.status == 2)
        #expect(check.output == [])
        #expect(check.complaints == "\(file):\(message)\n")
    }

    @Test("A discovered policy's hosts do not lead out by a symbolic link; a named one's may", arguments: ["link.xml", "hosts/*.xml", "linked/*.xml"])
    func symbolicLinks(_ pattern: String) {
        let directory = TemporaryDirectory()
        let host = directory.write("outside/hv01.xml", String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self))
        directory.makeDirectory("vms/hosts")
        directory.link("vms/link.xml", to: host)
        directory.link("vms/hosts/hv01.xml", to: "../../outside/hv01.xml")
        directory.link("vms/linked", to: "../outside")
        let policy = directory.write("vms/.virt-cpu.yaml", "default: host-model\nhosts: ['\(pattern)']\n")
        let outcome = filter(in: "\(directory.path)/vms")
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors == "\(policy):2:9: error: \(pattern) leads out of the policy's directory, to another place\n")
        expectRewritten(filter("--config", policy, in: "\(directory.path)/vms"))
    }

    @Test("A host inside the policy's directory is read, whatever the directory's name", arguments: ["vms", "a [b] *c? \\d", "\u{e9}"])
    func hosts(_ name: String) {
        let directory = TemporaryDirectory()
        directory.write("\(name)/hosts/hv01.xml", String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self))
        directory.write("\(name)/.virt-cpu.yaml", "default: host-model\nhosts: ['hosts/*.xml']\n")
        expectRewritten(filter(in: "\(directory.path)/\(name)"))
        directory.write("\(name)/hosts/hv02.xml", "<domain/>\n")
        let wrong = filter(in: "\(directory.path)/\(name)")
        #expect(wrong.status == 2)
        #expect(wrong.output == [])
        #expect(wrong.errors == "\(directory.path)/\(name)/hosts/hv02.xml:1:1: error: <domain> is no host description: <capabilities>, <domainCapabilities>, <cpu> or <cpudata> is wanted, as virsh capabilities and virsh domcapabilities print them\n")
    }

    @Test("A policy that is no file, or too large, or no text: exit 2")
    func unreadable() {
        let directory = TemporaryDirectory()
        let file = directory.makeDirectory(".virt-cpu.yaml")
        let outcome = filter(in: directory.path)
        #expect(outcome.status == 2)
        #expect(outcome.errors == "virt-cpu: error: \(file): not a regular file\n")
        rmdir(file)
        mkfifo(file, 0o600)
        #expect(filter(in: directory.path).errors == "virt-cpu: error: \(file): not a regular file\n", "a FIFO would never end")
        unlink(file)
        directory.write(".virt-cpu.yaml", String(repeating: "# a comment of forty bytes, again and\n", count: 30_000))
        #expect(filter(in: directory.path).errors == "virt-cpu: error: \(file): over 1048576 bytes\n")
        directory.write(Array(".virt-cpu.yaml".utf8), [0x64, 0xff, 0xfe, 0x0a])
        let garbage = filter(in: directory.path)
        #expect(garbage.status == 2)
        #expect(garbage.errors.hasPrefix("\(file):1:2: error: "))
    }

    @Test("A discovered policy that is a link to elsewhere is not read; to its own directory it is")
    func linkedPolicy() {
        let scratch = TemporaryDirectory()
        _ = scratch.makeDirectory("vms")
        _ = scratch.write("secret", "password: hunter2\n")
        scratch.link("vms/.virt-cpu.yaml", to: "../secret")
        let refused = virtCPU("filter", input: "<domain/>", in: "\(scratch.path)/vms")
        #expect(refused.status == 2)
        #expect(refused.output.isEmpty)
        #expect(refused.errors.contains("a link that leads out of its directory"))
        #expect(!refused.errors.contains("password"))
        _ = scratch.makeDirectory("own")
        _ = scratch.write("own/policy.yaml", "default: maximum\n")
        scratch.link("own/.virt-cpu.yaml", to: "policy.yaml")
        let read = virtCPU("filter", input: "<domain type='kvm'><cpu/></domain>", in: "\(scratch.path)/own")
        #expect(read.text == "<domain type='kvm'><cpu mode='maximum'/></domain>")
    }
}
