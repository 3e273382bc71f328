import Glibc
import TestSupport
import Testing

/// Each with its message and exit 2; `filter` writes nothing to stdout.
@Suite("Hosts that cannot be had")
struct HostFaultTests {
    static let uri = "qemu+ssh://hv01/system"
    static let capabilities = String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self)

    /// The program with nothing in PATH but a directory, and what the script of `virsh` there needs.
    private func run(_ arguments: [String], path: String) -> Outcome {
        var program = Program([], input: .text(Definitions.passthrough))
        program.executable = "/usr/bin/env"
        program.arguments = (["PATH=\(path)", Program.path] + arguments).map { Array($0.utf8) }
        return program.run()
    }

    private func expectFault(_ message: String, path: String = "/usr/bin:/bin", options: [String], _ comment: Comment? = nil) {
        let scratch = TemporaryDirectory()
        let definition = scratch.write("a.xml", Definitions.passthrough)
        let filtered = run(["filter", "--no-config"] + options, path: path)
        #expect(filtered.status == 2, comment)
        #expect(filtered.output == [], comment)
        #expect(filtered.errors.hasSuffix(message + "\n"), comment)
        for more in [[], ["--fix"]] {
            let checked = run(["check", "--no-config"] + more + options + [definition], path: path)
            #expect(checked.status == 2, comment)
            #expect(checked.errors.split(separator: "\n").contains { $0 == message }, "\(checked.errors)")
        }
        #expect(Corpus.read(definition) == Array(Definitions.passthrough.utf8), comment)
        // Known before a definition is read, it is all there is to say.
        guard !message.contains("no host that is named runs"), !message.contains("KVM") else { return }
        #expect(filtered.errors == message + "\n", comment)
        for command in ["host", "baseline"] {
            let specs = options.filter { $0 != "--host" }
            let outcome = run([command] + specs, path: path)
            #expect(outcome.status == 2, comment)
            #expect(outcome.output == [], comment)
            #expect(outcome.errors == message + "\n", comment)
        }
    }

    // MARK: Signals

    @Test(
        "A signal ends a virsh that is being asked, and what it has started",
        arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT], [["host", uri], ["check", "--no-config", "--connect", uri], ["filter", "--no-config", "--host", uri]])
    func signals(_ signal: Int32, _ arguments: [String]) throws {
        let scratch = virsh("exec 3>\"$(dirname \"$0\")/alive\"\necho >&3\nsleep 60 &\nsleep 60")
        let fifo = "\(scratch.path)/alive"
        try #require(mkfifo(fifo, 0o600) == 0)
        var program = Program(arguments)
        program.environment = ["PATH=\(scratch.path):/usr/bin:/bin"]
        let running = program.start()
        let alive = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        defer { close(alive) }
        var change = pollfd(fd: alive, events: Int16(POLLIN), revents: 0)
        var byte: UInt8 = 0
        #expect(poll(&change, 1, 20_000) == 1, "it does not begin")
        #expect(read(alive, &byte, 1) == 1)
        kill(running.process, signal)
        // It ends when nobody has its other end any more.
        #expect(poll(&change, 1, 20_000) == 1, "it goes on")
        #expect(read(alive, &byte, 1) == 0)
        #expect(running.wait().signal == signal)
    }

    @Test("Where virsh was asked, a pipe that nobody reads ends the filter as ever")
    func brokenPipe() {
        let platform = "<domainCapabilities><domain>kvm</domain><machine>pc</machine><arch>x86_64</arch></domainCapabilities>"
        let scratch = virsh("case \"$*\" in *domcapabilities*) echo '\(platform)';; *) cat \"$(dirname \"$0\")/capabilities.xml\";; esac")
        scratch.write("capabilities.xml", Self.capabilities)
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        close(ends[0])
        defer { close(ends[1]) }
        var program = Program(
            ["filter", "--no-config", "--host", Self.uri, "--default", "host-model", "--fail-on", "never"],
            input: .text(String(repeating: Definitions.passthrough, count: 1000)), output: .descriptor(ends[1]))
        program.environment = ["PATH=\(scratch.path):/usr/bin:/bin"]
        #expect(program.run().signal == SIGPIPE)
    }

    // MARK: Files

    @Test("A file that is no host's description", arguments: [
        ("hello\n", "1:1: error: Start tag expected, '<' not found"),
        ("", "1:1: error: the file is empty"),
        ("<html><body>503 Service Unavailable</body></html>\n", "1:1: error: <html> is no host description: <capabilities>, <domainCapabilities>, <cpu> or <cpudata> is wanted, as virsh capabilities and virsh domcapabilities print them"),
        ("<domain type='kvm'/>\n", "1:1: error: <domain> is no host description: <capabilities>, <domainCapabilities>, <cpu> or <cpudata> is wanted, as virsh capabilities and virsh domcapabilities print them"),
        ("<capabilities>\n  <host>\n    <uuid/>\n  </host>\n</capabilities>\n", "1:1: error: no <host><cpu> in the capabilities"),
        ("<cpu>\n<model>Haswell</model></cpu>\n", "1:1: error: the host's <cpu> has no <arch>: <arch> is wanted"),
    ])
    func foreign(_ text: String, message: String) {
        let scratch = TemporaryDirectory()
        let file = scratch.write("hv01.xml", text)
        expectFault("\(file):\(message)", options: ["--host", file])
    }

    @Test("Capabilities cut off at any line")
    func truncated() {
        let scratch = TemporaryDirectory()
        let lines = Self.capabilities.split(separator: "\n", omittingEmptySubsequences: false)
        for count in stride(from: 1, to: lines.count - 2, by: 7) {
            let file = scratch.write("hv01.xml", lines.prefix(count).joined(separator: "\n") + "\n")
            let outcome = Program(["filter", "--no-config", "--host", file], input: .text(Definitions.passthrough)).run()
            #expect(outcome.status == 2, "\(count)")
            #expect(outcome.output == [], "\(count)")
            #expect(outcome.errors.hasPrefix("\(file):"), "\(count): \(outcome.errors)")
            #expect(outcome.errors.firstMatch(of: /:[0-9]+:[0-9]+: error: [^\n]+\n$/) != nil, "\(count): \(outcome.errors)")
        }
    }

    @Test("A pattern that matches nothing, a directory, a missing file")
    func absent() {
        let scratch = TemporaryDirectory()
        let pattern = "\(scratch.path)/*.capabilities.xml"
        expectFault("virt-cpu: error: \(pattern): no such file", options: ["--host", pattern])
        expectFault("virt-cpu: error: \(scratch.path)/none.xml: no such file", options: ["--host", "\(scratch.path)/none.xml"])
        expectFault("virt-cpu: error: \(scratch.path): not a regular file", options: ["--host", scratch.path])
    }

    @Test("Hosts that are all of another architecture; one among others is another guest's")
    func architecture() {
        let scratch = TemporaryDirectory()
        let arm = scratch.write("arm01.xml", "<cpu><arch>aarch64</arch><model>cortex-a72</model></cpu>\n")
        let power = scratch.write("p9.xml", "<cpu><arch>ppc64le</arch><model>POWER9</model></cpu>\n")
        expectFault(
            "\(arm): error: host arm01 is aarch64: no host that is named runs x86_64 guests with hardware virtualisation",
            options: ["--host", arm, "--host", power])
        let own = scratch.write("hv01.xml", Self.capabilities)
        let mixed = Program(
            ["filter", "--no-config", "--host", arm, "--host", own], input: .text(Definitions.passthrough)).run()
        #expect(mixed.status == 0)
        #expect(mixed.text.contains("<model fallback='forbid'>Skylake-Server-IBRS</model>"))
        // A policy's hosts may be other guests'.
        scratch.write(".virt-cpu.yaml", "hosts: [arm01.xml]\n")
        let policy = Program(["filter"], input: .text(Definitions.passthrough), in: scratch.path).run()
        #expect(policy.status == 0)
        #expect(policy.text == Definitions.passthrough)
        #expect(policy.errors.contains("no host that is named here runs x86_64 guests with hardware virtualisation"))
        // Of a directory, check judges those that it can.
        scratch.write("vms/x86.xml", Definitions.passthrough)
        let arch = scratch.write("vms/arm.xml", Definitions.passthrough.replacing("x86_64", with: "aarch64"))
        let all = Program(["check", "--no-config", "--host", own, "\(scratch.path)/vms"]).run()
        #expect(all.status == 0)
        #expect(all.text.contains("no host that is named here runs aarch64 guests with hardware virtualisation"))
        #expect(Program(["check", "--no-config", "--host", own, arch]).run().status == 2)
        // An emulated guest runs anywhere.
        let emulated = Definitions.passthrough.replacing("type='kvm'", with: "type='qemu'")
        #expect(Program(["filter", "--no-config", "--host", arm], input: .text(emulated)).run().status == 0)
    }

    @Test("Domains before the one that its hosts fail have been written")
    func streamed() {
        let scratch = TemporaryDirectory()
        let arm = scratch.write("arm01.xml", "<cpu><arch>aarch64</arch><model>cortex-a72</model></cpu>\n")
        let emulated = Definitions.passthrough.replacing("type='kvm'", with: "type='qemu'")
            .replacing("host-passthrough", with: "maximum")
        let outcome = Program(
            ["filter", "--no-config", "--quiet", "--host", arm], input: .text(emulated + Definitions.passthrough)).run()
        #expect(outcome.status == 2)
        #expect(outcome.text == emulated)
    }

    // MARK: URIs

    /// A program that stands in for virsh.
    private func virsh(_ script: String) -> TemporaryDirectory {
        let directory = TemporaryDirectory()
        let file = directory.write("virsh", "#!/bin/sh\nPATH=/usr/bin:/bin\n\(script)\n")
        chmod(file, 0o755)
        return directory
    }

    @Test("virsh's answers", arguments: [
        ("echo 'error: failed to connect to the hypervisor' >&2; echo 'error: Cannot recv data: ssh: connect to host hv01 port 22: Connection refused' >&2; exit 1",
         ": error: failed to connect to the hypervisor: Cannot recv data: ssh: connect to host hv01 port 22: Connection refused"),
        ("exit 3", ": error: virsh capabilities ended with exited(3)"),
        ("echo nonsense", ":1:1: error: Start tag expected, '<' not found"),
        (":", ":1:1: error: the file is empty"),
        ("head -c 17000000 /dev/zero | tr '\\0' 'x'", ": error: virsh capabilities printed more than 16 MiB"),
        ("echo '<domainCapabilities/>'", ":1:1: error: "),
        ("echo '<pool/>'", ":1:1: error: <pool> is no host description: <capabilities>, <domainCapabilities>, <cpu> or <cpudata> is wanted, as virsh capabilities and virsh domcapabilities print them"),
    ])
    func answers(_ script: String, message: String) {
        let directory = virsh(script)
        if message.hasSuffix("error: ") {
            // The wording is the XML reader's.
            let outcome = run(["filter", "--no-config", "--host", Self.uri], path: directory.path)
            #expect(outcome.status == 2)
            #expect(outcome.output == [])
            #expect(outcome.errors.hasPrefix(Self.uri + message))
        } else {
            expectFault(Self.uri + message, path: directory.path, options: ["--host", Self.uri])
        }
    }

    @Test("Capabilities that end in the middle, and those of another architecture")
    func brokenAnswers() {
        let scratch = TemporaryDirectory()
        let file = scratch.write("whole.xml", Self.capabilities)
        let cut = virsh("head -c 900 '\(file)'")
        let outcome = run(["filter", "--no-config", "--host", Self.uri], path: cut.path)
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors.firstMatch(of: /^qemu\+ssh:\/\/hv01\/system:[0-9]+:[0-9]+: error: [^\n]+\n$/) != nil, "\(outcome.errors)")
        let other = virsh("sed 's/x86_64/s390x/; s/<model>.*</<model>z14</' '\(file)'")
        expectFault(
            "\(Self.uri): error: host hv01 is s390x: no host that is named runs x86_64 guests with hardware virtualisation",
            path: other.path, options: ["--host", Self.uri])
    }

    @Test("Domain capabilities that do not come: nothing is written")
    func domainCapabilities() {
        let scratch = TemporaryDirectory()
        let file = scratch.write(
            "whole.xml", Self.capabilities.replacing(
                "</capabilities>",
                with: "<guest><os_type>hvm</os_type><arch name='x86_64'><emulator>/usr/bin/q</emulator><domain type='kvm'/></arch></guest></capabilities>"))
        let directory = virsh("case \"$*\" in *' capabilities') cat '\(file)';; *) echo 'error: KVM is not supported' >&2; exit 1;; esac")
        expectFault("\(Self.uri): error: KVM is not supported", path: directory.path, options: ["--host", Self.uri])
    }

    @Test("No virsh")
    func missing() {
        expectFault(
            "\(Self.uri): error: virsh is not installed: it is needed to ask a libvirt URI", path: "/nonexistent",
            options: ["--host", Self.uri])
    }

    @Test("A virsh that hangs: --timeout ends it", .timeLimit(.minutes(Corpus.patience)))
    func hangs() {
        let directory = virsh("exec sleep 3600")
        let outcome = run(["filter", "--no-config", "--timeout", "1", "--host", Self.uri], path: directory.path)
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors == "\(Self.uri): error: virsh capabilities did not answer within 1 s\n")
        for wrong in ["0", "-1", "soon", "86401"] {
            #expect(run(["filter", "--timeout=\(wrong)"], path: directory.path).status == 2, "\(wrong)")
        }
    }

    @Test("A daemon that is not there, by the real virsh", .enabled(if: VirshTests.isThere, "virsh is not installed"))
    func unreachable() {
        // Nobody listens on port 1.
        let uri = "qemu+tcp://127.0.0.1:1/system"
        let outcome = Program(["filter", "--no-config", "--host", uri], input: .text(Definitions.passthrough)).run()
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors.hasPrefix("\(uri): error: failed to connect to the hypervisor: "))
        #expect(outcome.errors.contains("127.0.0.1:1"))
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }
}
