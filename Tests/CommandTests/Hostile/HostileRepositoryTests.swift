import Glibc
import TestSupport
import Testing

/// A checkout of somebody else's repository. Its policy may name hosts below itself and nothing else.
@Suite("A hostile repository")
struct HostileRepositoryTests {
    /// A file whose content would show if it were read: as a host, and as lines in a message.
    static let secret = "<cpu><arch>x86_64</arch><model>Penryn</model><vendor>Intel</vendor></cpu><!-- hunter2 -->\n"

    /// A repository with a definition; beside it, a file that it must not read, and programs that leave a mark when they run.
    private final class Checkout {
        let directory = TemporaryDirectory()
        var path: String { "\(directory.path)/repo" }
        var policy: String { "\(path)/.virt-cpu.yaml" }
        var canary: String { "\(directory.path)/canary" }

        init() {
            directory.write("outside/host.xml", HostileRepositoryTests.secret)
            directory.makeDirectory("repo/.git")
            directory.write("repo/vms/a.xml", Definitions.passthrough)
            for name in ["virsh", "ssh", "nc", "run"] {
                chmod(directory.write("bin/\(name)", "#!/bin/sh\n: > '\(directory.path)/canary'\n"), 0o755)
            }
        }

        func run(_ command: String, _ arguments: [String]) -> Outcome {
            var program = Program([], input: .text(Definitions.passthrough), in: "\(path)/vms")
            program.executable = "/usr/bin/env"
            program.arguments = (["PATH=\(directory.path)/bin:/usr/bin:/bin", Program.path, command] + arguments)
                .map { Array($0.utf8) }
            return program.run()
        }

        /// filter and check refuse the policy with this message, and have run and read nothing.
        func expectRefusal(_ message: String, _ comment: Comment? = nil) {
            for (command, arguments) in [("filter", []), ("check", ["a.xml"]), ("check", ["--fix", "a.xml"])] {
                let outcome = run(command, arguments)
                #expect(outcome.status == 2, comment)
                #expect(outcome.output == [], comment)
                #expect(outcome.errors.hasPrefix(message), "\(outcome.errors)")
                #expect(!outcome.errors.contains("hunter2") && !outcome.errors.contains("Penryn"), comment)
            }
            #expect(access(canary, F_OK) != 0, comment)
            #expect(Corpus.read("\(path)/vms/a.xml") == Array(Definitions.passthrough.utf8), comment)
        }
    }

    /// A run of filter with an empty stdin, and its peak memory in bytes.
    private func watched(in directory: String) -> (outcome: Outcome, peak: Int) {
        let program = Program(["filter"], in: directory).start()
        var peak = 0
        while let memory = program.peakMemory {
            peak = max(peak, memory)
            usleep(1000)
        }
        return (program.wait(), peak)
    }

    @Test("No URI is accepted, whatever it would run or read", arguments: [
        "qemu+ext:///system?command=%@", "qemu+ssh://h/system?command=%@", "qemu+ssh://h/system?netcat=%@",
        "qemu+ssh://h/system?proxy=netcat", "qemu+ssh://h/system?c%%6Fmmand=%@", "qemu+ssh://-oProxyCommand=%@/system",
        "qemu:///system", "qemu+unix:///system?socket=%@", "test://%@", "QEMU+EXT:///system?command=%@",
    ])
    func uris(_ pattern: String) {
        let checkout = Checkout()
        let uri = pattern.replacing("%@", with: "\(checkout.directory.path)/bin/run").replacing("%%", with: "%")
        checkout.directory.write("repo/.virt-cpu.yaml", "default: host-model\nhosts:\n  - hv01.xml\n  - '\(uri)'\n")
        checkout.expectRefusal(
            "\(checkout.policy):4:5: error: a policy found beside its input cannot name a libvirt URI\n    = help: a URI can run commands: ")
    }

    @Test("In a policy of --config, too, a URI that runs a program is refused; the test would notice one that ran")
    func named() {
        let checkout = Checkout()
        let policy = checkout.directory.write(
            "repo/p.yaml", "hosts:\n  - 'qemu+ext:///system?command=\(checkout.directory.path)/bin/run'\n")
        let refused = checkout.run("filter", ["--config", policy])
        #expect(refused.status == 2)
        #expect(refused.errors.hasPrefix("\(policy):2:5: error: a policy cannot name a URI with transport '+ext', which runs a command\n"))
        #expect(access(checkout.canary, F_OK) != 0)
        // The same programs, run by a URI of the command line: the canary appears.
        _ = checkout.run("filter", ["--no-config", "--host", "qemu:///system"])
        #expect(access(checkout.canary, F_OK) == 0)
    }

    @Test("Paths that leave the repository", arguments: [
        ("../../etc/*", "'../../etc/*' can leave the policy's directory through '..'"),
        ("../outside/host.xml", "'../outside/host.xml' can leave the policy's directory through '..'"),
        ("vms/../../outside/*.xml", "'vms/../../outside/*.xml' can leave the policy's directory through '..'"),
        (".*/outside/host.xml", "'.*/outside/host.xml' can leave the policy's directory through '..'"),
        ("/etc/passwd", "'/etc/passwd' is not relative to the policy's directory"),
        ("/etc/*", "'/etc/*' is not relative to the policy's directory"),
        ("~/.ssh/*", "'~/.ssh/*' is not relative to the policy's directory"),
    ])
    func paths(_ spec: String, message: String) {
        let checkout = Checkout()
        checkout.directory.write("repo/.virt-cpu.yaml", "hosts: [hosts/hv01.xml, '\(spec)']\n")
        checkout.expectRefusal("\(checkout.policy):1:25: error: \(message)")
    }

    @Test("Links that lead out of the repository, to files and to directories", arguments: [
        "link.xml", "linked/host.xml", "linked/*.xml", "*/host.xml", "chain/host.xml", "deep/l*/host.xml",
    ])
    func links(_ spec: String) {
        let checkout = Checkout()
        let directory = checkout.directory
        directory.link("repo/link.xml", to: "../outside/host.xml")
        directory.link("repo/linked", to: "../outside")
        directory.link("repo/chain", to: "linked")
        directory.makeDirectory("repo/deep")
        directory.link("repo/deep/l", to: "\(directory.path)/outside")
        directory.write("repo/.virt-cpu.yaml", "hosts:\n- '\(spec)'\n")
        checkout.expectRefusal("\(checkout.policy):2:3: error: \(spec) leads out of the policy's directory\n")
    }

    @Test("FIFOs, devices, directories and sockets are not host files", arguments: ["fifo.xml", "null.xml", "zero.xml", "dir.xml", "socket.xml"])
    func specialFiles(_ name: String) {
        let checkout = Checkout()
        let file = "\(checkout.path)/\(name)"
        switch name {
        case "fifo.xml": mkfifo(file, 0o600)
        case "dir.xml": mkdir(file, 0o755)
        case "null.xml": if mknod(file, S_IFCHR | 0o600, dev_t(1 << 8 | 3)) != 0 { return }
        case "zero.xml": if mknod(file, S_IFCHR | 0o600, dev_t(1 << 8 | 5)) != 0 { return }
        default:
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: file.utf8.prefix(107)) }
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
            }
            guard bound == 0 else { return }
        }
        checkout.directory.write("repo/.virt-cpu.yaml", "hosts: ['\(name)']\n")
        let reason = name == "socket.xml" ? "No such device or address" : "not a regular file"
        checkout.expectRefusal("virt-cpu: error: \(file): \(reason)\n")
    }

    @Test("A host file and a policy of a gigabyte: refused, in little memory", .timeLimit(.minutes(Corpus.patience)), arguments: [true, false])
    func gigabyte(_ isHost: Bool) {
        let checkout = Checkout()
        let file = isHost ? checkout.directory.write("repo/hv01.xml", "<capabilities>") : checkout.policy
        if isHost { checkout.directory.write("repo/.virt-cpu.yaml", "hosts: [hv01.xml]\n") }
        if !isHost { checkout.directory.write("repo/.virt-cpu.yaml", "default: keep\n") }
        #expect(truncate(file, 1 << 30) == 0)
        checkout.expectRefusal("virt-cpu: error: \(file): larger than \(isHost ? 16 << 20 : 1 << 20) bytes\n")
        let (outcome, peak) = watched(in: checkout.path)
        #expect(outcome.status == 2)
        #expect(peak < 64 << 20, "\(peak >> 20) MiB")
    }

    @Test("Of many host files, only a bounded number of bytes is read", .timeLimit(.minutes(Corpus.patience)))
    func many() {
        let checkout = Checkout()
        // Sparse files: 20 times 15 MiB.
        for number in 10..<30 {
            #expect(truncate(checkout.directory.write("repo/hosts/\(number).xml", "<cpu>"), 15 << 20) == 0)
        }
        checkout.directory.write("repo/.virt-cpu.yaml", "hosts: [hosts/*.xml]\n")
        checkout.expectRefusal("virt-cpu: error: \(checkout.path)/hosts/27.xml: more than 256 MiB of host files\n")
        let other = Checkout()
        other.directory.write("repo/h.xml", Self.secret)
        other.directory.write("repo/.virt-cpu.yaml", "hosts: [" + Array(repeating: "h.xml", count: 4097).joined(separator: ", ") + "]\n")
        other.expectRefusal("\(other.policy):1:28681: error: more than 4096 hosts\n")
    }

    struct Bomb: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var yaml: String
        /// Place and message.
        var message: String
    }

    static let laughs = (1..<10).reduce("a0: &a0 [lol, lol]\n") { $0 + "a\($1): &a\($1) [*a\($1 - 1), *a\($1 - 1)]\n" }

    @Test("YAML that grows is refused where it starts", .timeLimit(.minutes(Corpus.patience)), arguments: [
        Bomb(testDescription: "a billion laughs", yaml: laughs, message: "1:5: error: '&a0' is a YAML anchor, which a policy cannot use\n"),
        Bomb(testDescription: "an alias", yaml: "default: keep\nhosts: *all\n", message: "2:8: error: '*all' is a YAML alias, which a policy cannot use\n"),
        Bomb(testDescription: "a merge", yaml: "default: keep\nrules:\n  <<: *all\n", message: "3:7: error: '*all' is a YAML alias, which a policy cannot use\n"),
        Bomb(testDescription: "a tag", yaml: "default: !!python/object/apply:os.system [id]\n", message: "1:10: error: 'tag:yaml.org,2002:python/object/apply:os.system' is a YAML tag, which a policy cannot use\n"),
        Bomb(testDescription: "lists 300,000 deep", yaml: "hosts: " + String(repeating: "[", count: 300_000), message: "1:39: error: lists and mappings are nested more than 32 levels deep\n"),
        Bomb(testDescription: "mappings 100,000 deep", yaml: "rules: " + String(repeating: "{a: ", count: 100_000), message: "1:132: error: lists and mappings are nested more than 32 levels deep\n"),
        Bomb(testDescription: "many documents", yaml: String(repeating: "--- {}\n", count: 100_000), message: "2:1: error: a policy must be one YAML document, but a second one starts here\n"),
        Bomb(testDescription: "a scalar of a megabyte", yaml: "default: " + String(repeating: "x", count: (1 << 20) - 10), message: "1:10: error: 'xxxxxxxx"),
        Bomb(testDescription: "a key of a megabyte", yaml: String(repeating: "x", count: (1 << 20) - 10) + ": 1", message: "1:1048567: error: not valid YAML: mapping values are not allowed in this context\n"),
        Bomb(testDescription: "a million hosts", yaml: "hosts: [" + String(repeating: "a,", count: 500_000) + "a]", message: "1:8201: error: more than 4096 hosts\n"),
    ])
    func bombs(_ bomb: Bomb) {
        let checkout = Checkout()
        checkout.directory.write("repo/h", Self.secret)
        checkout.directory.write("repo/.virt-cpu.yaml", bomb.yaml)
        let (outcome, peak) = watched(in: checkout.path)
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors.hasPrefix("\(checkout.policy):\(bomb.message)"), "\(outcome.errors.prefix(300))")
        #expect(outcome.errors.utf8.count < 1000, "a message that shows a megabyte")
        #expect(peak < 128 << 20, "\(peak >> 20) MiB")
    }

    @Test("git, asked which ignored files it tracks, starts nothing of the repository's configuration, and looks nowhere else")
    func gitConfiguration() {
        let repository = TestRepository()
        let run = repository.directory.write("run", "#!/bin/sh\n: > '\(repository.path)/canary'\n")
        chmod(run, 0o755)
        repository.write("a.xml", Definitions.passthrough)
        repository.write("old/b.xml", Definitions.passthrough)
        repository.commit()
        repository.write(".gitignore", "old/\n")
        for key in ["core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "diff.external"] { repository.git("config", key, run) }
        repository.git("config", "core.hooksPath", repository.path)
        repository.git("config", "alias.ls-files", "!\(run)")
        let other = TestRepository()
        for variables in [[], ["GIT_DIR=\(other.path)/.git"], ["GIT_INDEX_FILE=/dev/null"], ["GIT_DIR=/none", "GIT_WORK_TREE=/"]] {
            var program = Program(["check", "--no-config"], in: repository.path)
            program.environment = ["HOME=\(repository.path)", "GIT_CONFIG_NOSYSTEM=1"] + variables
            let outcome = program.run()
            #expect(outcome.findings == ["a.xml host-passthrough", "old/b.xml host-passthrough"], "\(variables): \(outcome.errors)")
        }
        #expect(access("\(repository.path)/canary", F_OK) != 0)
    }
}
