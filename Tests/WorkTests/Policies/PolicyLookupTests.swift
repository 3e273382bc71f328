import Glibc
import Lint
import SystemPackage
import TestSupport
import Testing

@testable import Work

@Suite("Which policy applies")
struct PolicyLookupTests {
    private static let hostModel = "default: host-model\n"
    /// The machine that the tests run on may have a policy of its own.
    private static let hasNoSystemPolicy = access("/etc/virt-cpu.yaml", F_OK) != 0

    private func filter(_ settings: Settings = .discovering(), in directory: String) -> Outcome {
        var settings = settings
        settings.isQuiet = true
        settings.ignoresLocalMachine = true
        return WorkTests.filter(Definitions.passthrough, settings, from: directory)
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

    // MARK: Discovery

    @Test("In a repository, policies are looked for from the input's directory upwards, and only the nearest is read")
    func upwards() {
        let directory = TemporaryDirectory()
        directory.write("repository/.virt-cpu.yaml", Self.hostModel)
        directory.makeDirectory("repository/.git")
        let deep = directory.makeDirectory("repository/vms/lab")
        expectRewritten(filter(in: deep))
        expectUntouched(filter(.testing(nil), in: deep))
        directory.write("repository/vms/.virt-cpu.yaml", "default: keep\n")
        expectUntouched(filter(in: deep))
    }

    @Test("The search is the same in a repository and outside, and goes on above the repository's top", arguments: [nil, "directory", "file"])
    func repositories(_ kind: String?) {
        let directory = TemporaryDirectory()
        directory.write(".virt-cpu.yaml", Self.hostModel)
        let inner = directory.makeDirectory("vendor/vms")
        // In a worktree and in a submodule, .git is a file.
        if kind == "file" { directory.write("vendor/.git", "gitdir: ../.git\n") }
        if kind == "directory" { directory.makeDirectory("vendor/.git") }
        expectRewritten(filter(in: inner))
    }

    @Test("Where the file's search finds none, the current directory's policy counts; the nearest to the file wins")
    func both() throws {
        let files = TemporaryDirectory(), elsewhere = TemporaryDirectory()
        files.write("a/x.xml", Definitions.passthrough)
        elsewhere.makeDirectory("deep")
        elsewhere.write(".virt-cpu.yaml", "rules: {host-passthrough: error}\n")
        func findings() -> String {
            Program(["check", "--format", "concise", "\(files.path)/a"], in: "\(elsewhere.path)/deep").run().text
        }
        #expect(findings().contains("error"), "the file's own search finds none")
        files.write("a/.virt-cpu.yaml", "rules: {host-passthrough: note}\n")
        #expect(findings().contains("note") && !findings().contains("error"))
    }

    @Test("Discovery by itself: the file that is found, or none")
    func discover() {
        let directory = TemporaryDirectory()
        let here = FilePath(directory.path), vms = FilePath(directory.makeDirectory("vms"))
        func file(_ directory: FilePath, home: FilePath? = nil) -> FilePath? { PolicySearch(from: directory, home: home).file }
        #expect(file(vms, home: vms) == nil)
        directory.write(".virt-cpu.yaml", "")
        #expect(file(here) == here.appending(".virt-cpu.yaml"))
        #expect(file(vms) == here.appending(".virt-cpu.yaml"))
        #expect(file(vms, home: vms) == nil, "nothing above the home directory")
        #expect(file(vms, home: here) == here.appending(".virt-cpu.yaml"), "the home directory itself")
        directory.link("link", to: "vms")
        directory.write("vms/.virt-cpu.yaml", "")
        #expect(file(here.appending("link")) == vms.appending(".virt-cpu.yaml"))
        #expect(file("/none") == nil)
    }

    @Test("The border of a file system ends the search")
    func border() {
        // /dev/shm and /proc are file systems of their own.
        #expect(PolicySearch(from: "/proc/self", home: nil).file == nil)
        guard let shared = mkdtempInSharedMemory() else { return }
        defer { rmdir(shared) }
        #expect(PolicySearch(from: FilePath(shared), home: nil).file == nil)
    }

    private func mkdtempInSharedMemory() -> String? {
        var name = Array("/dev/shm/virt-cpu.XXXXXX".utf8CString)
        return mkdtemp(&name).map { String(cString: $0) }
    }

    @Test("Above the first directory, a stranger's policy is passed over, unless it is in a repository of the owner's", .enabled(if: geteuid() == 0))
    func strangers() {
        let directory = TemporaryDirectory()
        let here = FilePath(directory.path), vms = FilePath(directory.makeDirectory("vms"))
        let policy = here.appending(".virt-cpu.yaml")
        directory.write(".virt-cpu.yaml", "")
        chown(policy.string, 12345, 12345)
        let search = PolicySearch(from: vms, home: here)
        #expect(search.file == nil && search.strangers == [policy])
        #expect(PolicySearch(from: here, home: here).file == policy, "beside the input")
        chown(vms.string, 12345, 12345)
        #expect(PolicySearch(from: vms, home: here).file == policy, "the owner of the input's directory")
        chown(vms.string, 0, 0)
        directory.makeDirectory(".git")
        #expect(PolicySearch(from: vms, home: here).file == policy, "the user's repository")
        chown(here.appending(".git").string, 12345, 12345)
        #expect(PolicySearch(from: vms, home: here).file == nil, "a stranger's repository")
        directory.write("vms/a.xml", Definitions.passthrough)
        let outcome = check(["vms"], .discovering("keep"), in: directory)
        #expect(outcome.complaints.contains("note: \(policy.string) is not used, because it belongs to another user") || outcome.complaints.contains("note: .virt-cpu.yaml is not used, because it belongs to another user"), "\(outcome.errors)")
    }

    @Test("Inputs of one directory share a policy, which is read once")
    func shared() throws {
        let directory = TemporaryDirectory()
        directory.makeDirectory(".git")
        let file = directory.write(".virt-cpu.yaml", "default: keep\n")
        for name in ["a/x.xml", "a/y.xml", "b/z.xml"] { directory.write(name, "") }
        var policies = try PolicyLookup(.discovering(), purpose: .check)
        func policy(_ name: String) throws -> PreparedPolicy { try policies.policy(for: .file(FilePath("\(directory.path)/\(name)"))) }
        let first = try policy("a/x.xml")
        unlink(file)
        #expect(try policy("a/y.xml") === first)
        #expect(policies.prepared.count == 1)
        #expect(try policy("b/z.xml") !== first, "another directory is looked at")
    }

    // MARK: Named policies and overrides

    @Test("A named policy is read instead of one that would be discovered")
    func named() {
        let directory = TemporaryDirectory()
        directory.write(".virt-cpu.yaml", "defualt: nonsense\n")
        directory.write("other/policy.yaml", Self.hostModel)
        func outcome(_ file: String) -> Outcome {
            filter(.discovering { $0.policyFile = "\(directory.path)/\(file)" }, in: directory.path).without(directory)
        }
        expectRewritten(outcome("other/policy.yaml"))
        expectUntouched(filter(.testing(nil), in: directory.path))
        let missing = outcome("none.yaml")
        #expect(missing.status == 2)
        #expect(missing.output == [])
        #expect(missing.errors == "virt-cpu: error: none.yaml: No such file or directory\n")
        let notAFile = outcome("other")
        #expect(notAFile.status == 2)
        #expect(notAFile.errors == "virt-cpu: error: other: not a regular file\n")
    }

    @Test("The command line overrides the policy's default and rules")
    func commandLine() {
        let directory = TemporaryDirectory()
        directory.write(".virt-cpu.yaml", "default: maximum\nrules: {host-passthrough: error}\n")
        expectRewritten(filter(.discovering("host-model"), in: directory.path))
        #expect(filter(.discovering("keep"), in: directory.path).status == 1)
        var settings = Settings.testing("keep", rules: ["host-passthrough=off"])
        settings.ignoresPolicies = false
        expectUntouched(filter(settings, in: directory.path))
    }

    // MARK: Wrong policies

    @Test("Mistakes in a policy: file, line, column, and what was meant; exit 2 and nothing on stdout", arguments: [
        ("windows: keep\ndefualt: keep\n", "2:1: error: unknown key 'defualt' (did you mean 'default'?)\n    = help: valid keys of a policy: extends, profile, hosts, clusters, default, windows, migration, libvirt, exclude, include, rules, guests"),
        ("default: host-modle\n", "1:10: error: unknown target 'host-modle' (did you mean 'host-model'?)"),
        ("rules:\n  host-pasthrough: error\n", "2:3: error: unknown rule 'host-pasthrough' (did you mean 'host-passthrough'?)"),
        ("rules:\n  host-passthrough: eror\n", "2:21: error: unknown severity 'eror' (did you mean 'error'?)\n    = help: use one of error, warning, note, off"),
        ("windows: kep\n", "1:10: error: 'windows' cannot be 'kep' (did you mean 'keep'?)\n    = help: use one of keep, pin, pin-anyway, rewrite"),
        ("hosts: [qemu:///system]\n", "1:9: error: a policy found beside its input cannot name a libvirt URI\n    = help: a URI can run commands: pass 'qemu:///system' with --host, or this policy with --config"),
        ("hosts: [../x.xml]\n", "1:9: error: '../x.xml' can leave the policy's directory through '..': a policy found beside its input can only name files below it\n    = help: pass it with --host, or this policy with --config"),
        ("hosts: [none-*.xml]\n", "1:9: error: no file matches none-*.xml"),
        ("hosts: [hv*.xml]\nclusters: {east: [hv01, hv2]}\n", "2:25: error: unknown host 'hv2' (did you mean 'hv02'?)\n    = help: the policy's hosts are hv01, hv02"),
        ("hosts: [hv*.xml]\nclusters: {east: [hv01]}\nguests:\n- match: {name: a}\n  hosts: [hv02, eats]\n",
            "5:17: error: unknown host 'eats' (did you mean 'east'?)\n    = help: the policy's hosts are hv01, hv02; its clusters are east"),
    ])
    func mistakes(_ policy: String, _ message: String) {
        let directory = TemporaryDirectory()
        let file = directory.write(".virt-cpu.yaml", policy)
        for name in ["hv01", "hv02"] {
            directory.write("\(name).xml", "<cpu><arch>x86_64</arch><model>Haswell</model></cpu>")
        }
        let filtered = filter(in: directory.path)
        #expect(filtered.status == 2)
        #expect(filtered.output == [])
        #expect(filtered.errors == "\(file):\(message)\n")
        directory.write("a.xml", Definitions.passthrough)
        let checked = check(["a.xml"], .discovering(), in: directory)
        #expect(checked.status == 2)
        #expect(checked.output == [])
        #expect(checked.complaints == ".virt-cpu.yaml:\(message)\n")
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
        #expect(filter(in: directory.path).errors == "virt-cpu: error: \(file): larger than 1048576 bytes\n")
        directory.write(Array(".virt-cpu.yaml".utf8), [0x64, 0xff, 0xfe, 0x0a])
        let garbage = filter(in: directory.path)
        #expect(garbage.status == 2)
        #expect(garbage.errors.hasPrefix("\(file):1:2: error: "))
    }

    // MARK: The policy's hosts

    @Test("The hosts of a discovered policy do not lead out by a symbolic link; those of a named one may", arguments: ["link.xml", "hosts/*.xml", "linked/*.xml"])
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
        #expect(outcome.errors == "\(policy):2:9: error: \(pattern) leads out of the policy's directory\n")
        expectRewritten(filter(.discovering { $0.policyFile = policy }, in: "\(directory.path)/vms"))
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
        #expect(wrong.errors == "\(directory.path)/\(name)/hosts/hv02.xml:1:1: error: <domain> is not a host description: expected <capabilities>, <domainCapabilities>, <cpu> or <cpudata>, as printed by virsh capabilities and virsh domcapabilities\n")
    }

    @Test("A discovered policy that is a link to another directory is not read; a link within its directory is")
    func linkedPolicy() {
        let directory = TemporaryDirectory()
        directory.makeDirectory("vms")
        directory.write("secret", "password: hunter2\n")
        directory.link("vms/.virt-cpu.yaml", to: "../secret")
        let refused = filter(in: "\(directory.path)/vms")
        #expect(refused.status == 2)
        #expect(refused.output.isEmpty)
        #expect(refused.errors.contains("a policy cannot be a symbolic link that leads out of its directory: name it with --config"))
        #expect(!refused.errors.contains("password"))
        directory.write("own/policy.yaml", Self.hostModel)
        directory.link("own/.virt-cpu.yaml", to: "policy.yaml")
        expectRewritten(filter(in: "\(directory.path)/own"))
    }

    // MARK: Paths for the policy's patterns

    @Test("The path that patterns are matched against starts at the policy, however the file is named")
    func paths() throws {
        let directory = TemporaryDirectory(), outside = TemporaryDirectory()
        directory.makeDirectory(".git")
        directory.write(".virt-cpu.yaml", "guests: [{match: {path: 'x/**'}, default: keep}]\n")
        directory.write("vms/lab/a.xml", "")
        directory.link("link.xml", to: "vms/lab/a.xml")
        var policies = try PolicyLookup(.discovering(), purpose: .check)
        let policy = try policies.policy(forDirectory: FilePath(directory.path))
        func path(_ name: String) -> String? { policy.path(of: .file(FilePath(name))) }
        #expect(path("\(directory.path)/vms/lab/a.xml") == "vms/lab/a.xml")
        #expect(path("\(directory.path)/vms/../vms/./lab/a.xml") == "vms/lab/a.xml")
        #expect(path("\(directory.path)/link.xml") == "vms/lab/a.xml")
        #expect(path("\(directory.path)/vms/gone.xml") == "vms/gone.xml", "an earlier version's file")
        #expect(path("\(outside.path)/b.xml") == "\(outside.path)/b.xml", "it does not lie below the policy")
        #expect(policy.path(of: .file("-")) == nil)
        #expect(policy.path(of: InputFile(name: "n", content: .bytes([]), path: "from/libvirt")) == "from/libvirt")
    }

    @Test("A policy without patterns is asked for no paths")
    func withoutPatterns() throws {
        let directory = TemporaryDirectory()
        directory.write(".virt-cpu.yaml", "guests: [{match: {name: 'x*'}, default: keep}]\n")
        directory.write("a.xml", "")
        var policies = try PolicyLookup(.discovering(), purpose: .check)
        let policy = try policies.policy(forDirectory: FilePath(directory.path))
        #expect(policy.path(of: .file(FilePath("\(directory.path)/a.xml"))) == nil)
    }
}
