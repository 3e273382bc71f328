import Glibc
import TestSupport
import Testing

/// libvirt calls the hook with the guest's name, the operation, the suboperation and `-`, with the domain on stdin. What the
/// hook decides is tested in WorkTests.
@Suite("hook libvirt")
struct LibvirtHookCommandTests {
    private let directory = TemporaryDirectory()

    private static let policy = "default: keep\nrules: {host-passthrough: error}\n"
    private static let passthrough = Definitions.passthrough.replacing("<domain type='kvm'>", with: "<domain type='kvm' id='7'>")

    private func hook(_ call: String..., options: [String] = []) -> Outcome {
        let own = ["--config", directory.write("policy.yaml", Self.policy), "--state", "\(directory.path)/state"]
        // libvirt leaves these variables, and starts the hook in /.
        var program = Program(["hook", "libvirt"] + own + options + call, input: .text(Self.passthrough), in: "/")
        program.environment = ["LC_ALL=C", "PATH=/usr/bin:/bin", "HOME=/root"]
        return program.run()
    }

    @Test("The exit status and stderr are what virsh's user gets")
    func refused() {
        let outcome = hook("g", "prepare", "begin", "-")
        #expect(outcome.status == 1)
        #expect(outcome.text == "")
        #expect(outcome.errors.hasPrefix("virt-cpu: g was not started, because it breaks the policy:\n"))
        #expect(hook("g", "start", "begin", "-").status == 0)
    }

    @Test("--host, --state and --strict reach the hook")
    func options() {
        #expect(hook("g", "prepare", "begin", "-", options: ["--host", "/nowhere.xml"]).errors.contains("/nowhere.xml: No such file or directory; g was not checked"))
        #expect(hook("g", "prepare", "begin", "-", options: ["--host", "/nowhere.xml", "--strict"]).status == 1)
        #expect(hook("g", "prepare", "begin", "-", options: ["--state", "/dev/null/state"]).status == 0)
    }

    @Test("Wrong options stop nothing, and nothing is printed on stdout", arguments: ["prepare", "reconnect", "migrate"])
    func wrongOptions(_ operation: String) {
        for option in ["--confog", "--help", "--version"] {
            let outcome = hook("g", operation, "begin", "-", options: [option])
            #expect(outcome.status == 0)
            #expect(outcome.text == "")
            #expect(outcome.errors.hasPrefix("hook libvirt: "))
        }
    }

    @Test("A guest's name may look like an option", arguments: ["--help", "--version", "--strict", "-h", "--", "--config", "a b\"c\n%"])
    func oddNames(_ name: String) {
        #expect(hook(name, "prepare", "begin", "-").status == 1)
        let migrate = hook(name, "migrate", "begin", "-")
        #expect(migrate.status == 0 && migrate.text == "" && migrate.errors == "")
        #expect(hook(name, "prepare", "begin", "-").status == 0)
    }

    @Test("With closed streams the hook still decides")
    func closed() {
        let policy = directory.write("policy.yaml", Self.policy)
        var program = Program(
            ["hook", "libvirt", "--config", policy, "--state", directory.path, "g", "prepare", "begin", "-"],
            input: .text(Self.passthrough), output: .closed)
        #expect(program.run().status == 1)
        program.input = .closed
        #expect(program.run().status == 0)
    }

    @Test("The scripts fail on a refusal and on nothing else", arguments: ["qemu", "qemu.d/virt-cpu"])
    func script(_ name: String) {
        let bin = directory.makeDirectory("bin")
        var script = Program(["g", "reconnect", "begin", "-"])
        script.executable = "\(Corpus.repository)/Examples/libvirt-hooks/\(name)"
        script.environment = ["PATH=\(bin):/usr/bin:/bin"]
        // Debian's package may be installed.
        if access("/usr/bin/virt-cpu", F_OK) != 0 { #expect(script.run().status == 0, "not installed") }
        for (ending, status) in [("exit 1", 1), ("exit 0", 0), ("exit 2", 0), ("exit 127", 0), ("kill -SEGV $$", 0)] as [(String, Int32)] {
            chmod(directory.write("bin/virt-cpu", "#!/bin/sh\n\(ending)\n"), 0o755)
            #expect(script.run().status == status, "\(ending)")
        }
    }
}
