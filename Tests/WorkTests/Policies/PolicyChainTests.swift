import Glibc
import Lint
import SystemPackage
import TestSupport
import Testing

@testable import Work

@Suite("Policies that extend others")
struct PolicyChainTests {
    private static let host = String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self)

    /// The policy for a file, found beside it.
    private func policy(_ directory: TemporaryDirectory, for file: String = "vms/a.xml") throws -> PreparedPolicy {
        var lookup = try PolicyLookup(.discovering(), purpose: .check)
        return try lookup.policy(for: .file(FilePath("\(directory.path)/\(file)")))
    }

    /// What `check` says where the policy is at fault.
    private func complaint(_ directory: TemporaryDirectory, _ settings: Settings = .discovering()) -> String {
        directory.write("vms/a.xml", Definitions.passthrough)
        let outcome = check(["vms/a.xml"], settings, in: directory)
        #expect(outcome.status == 2 && outcome.output == [], "\(outcome.text)")
        return outcome.complaints
    }

    @Test("Values of the extending policy win, rules are joined by key, guests follow its own, and lists replace")
    func joined() throws {
        let directory = TemporaryDirectory()
        directory.makeDirectory(".git")
        directory.write("hosts/hv01.capabilities.xml", Self.host)
        directory.write("top.yaml", """
            hosts: [hosts/*.xml]
            exclude: [x/]
            migration: true
            windows: pin
            rules: {check-none: error, host-passthrough: off}
            guests: [{match: {name: third}}]
            """)
        directory.write("base.yml", "extends: top.yaml\nwindows: rewrite\nexclude: [y/]\nguests: [{match: {name: second}}]\n")
        directory.write("vms/.virt-cpu.yaml", "extends: ../base.yml\nrules: {host-passthrough: note}\nguests: [{match: {name: first}}]\n")
        let found = try policy(directory), policy = found.policy
        #expect(found.hosts.map(\.name) == ["hv01"], "they lie below the policy that names them")
        #expect(policy.windows == .rewrite && policy.migration == true && policy.exclude == ["y/"])
        #expect(policy.rules["check-none"] == .at(.error) && policy.rules["host-passthrough"] == .at(.note))
        #expect(policy.guests.map(\.match.name) == ["first", "second", "third"])
        #expect(found.directory.string == "\(directory.path)/vms")
    }

    @Test("A mistake in any of the files is reported with its place", arguments: [
        ("windows: kep\n", "base.yaml:1:10: error: 'windows' cannot be 'kep' (did you mean 'keep'?)"),
        // Overridden, and wrong all the same.
        ("default: host-modle\n", "base.yaml:1:10: error: unknown target 'host-modle'"),
        ("hosts: [qemu:///system]\n", "base.yaml:1:9: error: a policy found beside its input cannot name a libvirt URI"),
        ("hosts: [../h.xml]\n", "base.yaml:1:9: error: '../h.xml' can leave the policy's directory"),
        ("hosts: [none*.xml]\n", "base.yaml:1:9: error: no file matches none*.xml"),
        ("hosts: [hosts/*.xml]\nclusters: {east: [hv2]}\n", "base.yaml:2:19: error: unknown host 'hv2'"),
        ("a: [\n", "base.yaml:2:1: error: "),
        ("extends: [x]\n", "base.yaml:1:10: error: 'extends' must be a word, not a list"),
    ])
    func mistakes(_ base: String, _ message: String) {
        let directory = TemporaryDirectory()
        directory.write("vms/hosts/hv01.capabilities.xml", Self.host)
        directory.write("vms/base.yaml", base)
        directory.write("vms/.virt-cpu.yaml", "extends: base.yaml\ndefault: keep\n")
        #expect(complaint(directory).replacing("vms/", with: "").hasPrefix(message), "\(complaint(directory))")
    }

    @Test("Cycles, too many files and missing files are errors with the place of 'extends'")
    func cannotBeFollowed() {
        let directory = TemporaryDirectory()
        directory.write("vms/.virt-cpu.yaml", "windows: keep\nextends: a.yaml\n")
        #expect(complaint(directory) == "vms/.virt-cpu.yaml:2:10: error: a.yaml: no such file\n")
        directory.write("vms/a.yaml", "extends: ./b.yaml\n")
        directory.write("vms/b.yaml", "extends: ../vms/a.yaml\n")
        #expect(complaint(directory) == "vms/b.yaml:1:10: error: policies extend each other: vms/.virt-cpu.yaml extends vms/a.yaml extends vms/b.yaml extends vms/a.yaml\n")
        directory.write("vms/a.yaml", "extends: .virt-cpu.yaml\n")
        #expect(complaint(directory).hasPrefix("vms/a.yaml:1:10: error: policies extend each other: "))
        for number in 1...8 { directory.write("vms/\(number).yaml", "extends: \(number + 1).yaml\n") }
        directory.write("vms/.virt-cpu.yaml", "extends: 1.yaml\n")
        #expect(complaint(directory) == "vms/7.yaml:1:10: error: more than 8 policies extend each other\n")
        directory.makeDirectory("vms/directory.yaml")
        directory.write("vms/.virt-cpu.yaml", "extends: directory.yaml\n")
        #expect(complaint(directory) == "vms/.virt-cpu.yaml:1:10: error: cannot read directory.yaml: directory.yaml: not a regular file\n" || complaint(directory).contains("not a regular file"))
    }

    @Test("The policy of libvirt's hook extends others too")
    func hook() throws {
        let directory = TemporaryDirectory()
        let file = directory.write("etc/policy.yaml", "extends: ../base.yaml\n")
        let judges = LibvirtHookJudges(policyFile: file, hosts: ["\(Corpus.repository)/Examples/hosts/hv01.capabilities.xml"])
        #expect(throws: PolicyError.self) { _ = try judges.judge(isRunning: false) }
        directory.write("base.yaml", "default: keep\n")
        _ = try judges.judge(isRunning: false)
    }

    @Test("A stranger's policy extends nothing outside its repository, and no file that is no policy", arguments: [
        "../../outside/base.yaml", "/etc/base.yaml", "~/base.yaml", "link.yaml", "linked/base.yaml", "../.git/config.yaml", "../.git/config", "secret.env",
        "named.yaml",
    ])
    func strangers(_ path: String) {
        let directory = TemporaryDirectory()
        let secret = "password: hunter2\n"
        directory.write("outside/base.yaml", secret)
        for name in ["repo/.git/config.yaml", "repo/.git/config", "repo/vms/secret.env"] { directory.write(name, secret) }
        directory.link("repo/vms/link.yaml", to: "../../outside/base.yaml")
        directory.link("repo/vms/linked", to: "../../outside")
        directory.link("repo/vms/named.yaml", to: "secret.env")
        directory.write("repo/vms/.virt-cpu.yaml", "extends: '\(path)'\n")
        directory.write("repo/vms/a.xml", Definitions.passthrough)
        let outcome = check(["repo/vms/a.xml"], .discovering(), in: directory)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("repo/vms/.virt-cpu.yaml:1:10: error: "), "\(outcome.errors)")
        #expect(!outcome.errors.contains("password") && !outcome.errors.contains("hunter2"), "\(outcome.errors)")
    }

    @Test("Outside a repository a stranger's policy extends only what lies below its directory; a named one, any file")
    func places() throws {
        let directory = TemporaryDirectory()
        directory.write("base.yaml", "windows: pin\n")
        let file = directory.write("vms/.virt-cpu.yaml", "extends: ../base.yaml\n")
        #expect(complaint(directory).hasPrefix("vms/.virt-cpu.yaml:1:10: error: ../base.yaml leads out of "), "\(complaint(directory))")
        var named = try PolicyLookup(.discovering { $0.policyFile = file }, purpose: .check)
        #expect(try named.policy(forDirectory: ".").policy.windows == .pin)
        directory.makeDirectory(".git")
        #expect(try policy(directory).policy.windows == .pin)
        directory.write("vms/.virt-cpu.yaml", "extends: sub/base.yaml\n")
        directory.write("vms/sub/base.yaml", "extends: ../more.yaml\n")
        directory.write("vms/more.yaml", "windows: rewrite\n")
        rmdir("\(directory.path)/.git")
        #expect(try policy(directory).policy.windows == .rewrite, "the first policy's directory is the border")
    }
}
