import Glibc
import TestSupport
import Testing

/// A libvirt that does not answer, or answers nonsense: the message, exit 2, and nothing on stdout. Host files are tested in
/// WorkTests.
@Suite("A libvirt that does not answer")
struct LibvirtFaultTests {
    static let uri = "qemu+ssh://hv01/system"
    static let capabilities = String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self)

    /// Runs the program with only this PATH. A slow machine gets ten minutes for each answer of virsh.
    private func run(_ arguments: [String], timeout: Int = 600, path: String) -> Outcome {
        var program = Program([], input: .text(Definitions.passthrough))
        program.executable = "/usr/bin/env"
        program.arguments = (["PATH=\(path)", Program.path] + arguments + ["--timeout", "\(timeout)"]).map { Array($0.utf8) }
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
        // A failure that is known before a definition is read is the only message.
        guard !message.contains("KVM") else { return }
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
        "A signal ends a virsh that is being asked, and the processes that it has started",
        arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT], [["host", uri], ["check", "--no-config", "--connect", uri], ["filter", "--no-config", "--host", uri]])
    func signals(_ signal: Int32, _ arguments: [String]) throws {
        let virsh = FakeVirsh("exec 3>\"$(dirname \"$0\")/alive\"\necho >&3\nsleep 3600 &\nsleep 3600")
        let fifo = "\(virsh.directory.path)/alive"
        try #require(mkfifo(fifo, 0o600) == 0)
        var program = Program(arguments + ["--timeout", "3600"])
        program.environment = ["PATH=\(virsh.directory.path):/usr/bin:/bin"]
        let running = program.start()
        let alive = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        defer { close(alive) }
        var change = pollfd(fd: alive, events: Int16(POLLIN), revents: 0)
        var byte: UInt8 = 0
        // The script writes a byte when it begins. The FIFO ends when the last process that has its other end is gone.
        while poll(&change, 1, 100) == 0, running.peakMemory != nil {}
        try #require(read(alive, &byte, 1) == 1, "the program ended without asking virsh")
        kill(running.process, signal)
        #expect(poll(&change, 1, 600_000) == 1 && read(alive, &byte, 1) == 0)
        #expect(running.wait().signal == signal)
    }

    @Test("After a query to virsh, a pipe that nobody reads still ends the filter by SIGPIPE")
    func brokenPipe() {
        let platform = "<domainCapabilities><domain>kvm</domain><machine>pc</machine><arch>x86_64</arch></domainCapabilities>"
        let virsh = FakeVirsh("case \"$*\" in *domcapabilities*) echo '\(platform)';; *) cat \"$(dirname \"$0\")/capabilities.xml\";; esac")
        virsh.directory.write("capabilities.xml", Self.capabilities)
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        close(ends[0])
        defer { close(ends[1]) }
        var program = Program(
            ["filter", "--no-config", "--host", Self.uri, "--timeout", "3600", "--default", "host-model", "--fail-on", "never"],
            input: .text(String(repeating: Definitions.passthrough, count: 1000)), output: .descriptor(ends[1]))
        program.environment = ["PATH=\(virsh.directory.path):/usr/bin:/bin"]
        #expect(program.run().signal == SIGPIPE)
    }

    // MARK: URIs

    @Test("virsh's answer cannot be used", arguments: [
        ("echo 'error: failed to connect to the hypervisor' >&2; echo 'error: Cannot recv data: ssh: connect to host hv01 port 22: Connection refused' >&2; exit 1",
         ": error: failed to connect to the hypervisor: Cannot recv data: ssh: connect to host hv01 port 22: Connection refused"),
        ("exit 3", ": error: virsh capabilities failed: exited(3)"),
        ("echo nonsense", ":1:1: error: Start tag expected, '<' not found"),
        (":", ":1:1: error: the file is empty"),
        ("head -c 17000000 /dev/zero | tr '\\0' 'x'", ": error: virsh capabilities printed more than 16 MiB"),
        ("echo '<domainCapabilities/>'", ":1:1: error: "),
        ("echo '<pool/>'", ":1:1: error: <pool> is not a host description: expected <capabilities>, <domainCapabilities>, <cpu> or <cpudata>, as printed by virsh capabilities and virsh domcapabilities"),
    ])
    func answers(_ script: String, message: String) {
        let virsh = FakeVirsh(script)
        if message.hasSuffix("error: ") {
            // The rest of the message is the XML reader's.
            let outcome = run(["filter", "--no-config", "--host", Self.uri], path: virsh.directory.path)
            #expect(outcome.status == 2)
            #expect(outcome.output == [])
            #expect(outcome.errors.hasPrefix(Self.uri + message))
        } else {
            expectFault(Self.uri + message, path: virsh.directory.path, options: ["--host", Self.uri])
        }
    }

    @Test("Capabilities that end in the middle, and those of another architecture")
    func brokenAnswers() {
        let scratch = TemporaryDirectory()
        let file = scratch.write("whole.xml", Self.capabilities)
        let cut = FakeVirsh("head -c 900 '\(file)'")
        let outcome = run(["filter", "--no-config", "--host", Self.uri], path: cut.directory.path)
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors.firstMatch(of: /^qemu\+ssh:\/\/hv01\/system:[0-9]+:[0-9]+: error: [^\n]+\n$/) != nil, "\(outcome.errors)")
        let other = FakeVirsh("sed 's/x86_64/s390x/; s/<model>.*</<model>z14</' '\(file)'")
        let foreign = run(["filter", "--no-config", "--host", Self.uri], path: other.directory.path)
        #expect(foreign.status == 1)
        #expect(foreign.output == [])
        #expect(foreign.errors.contains("none of the given hosts can run x86_64 guests with hardware virtualisation"))
    }

    @Test("No answer about domain capabilities: nothing is written")
    func domainCapabilities() {
        let scratch = TemporaryDirectory()
        let file = scratch.write(
            "whole.xml", Self.capabilities.replacing(
                "</capabilities>",
                with: "<guest><os_type>hvm</os_type><arch name='x86_64'><emulator>/usr/bin/q</emulator><domain type='kvm'/></arch></guest></capabilities>"))
        let virsh = FakeVirsh("case \"$*\" in *' capabilities') cat '\(file)';; *) echo 'error: KVM is not supported' >&2; exit 1;; esac")
        expectFault("\(Self.uri): error: KVM is not supported", path: virsh.directory.path, options: ["--host", Self.uri])
    }

    @Test("A host that gives no domain capabilities is an error beside the answer, and for programs a finding", arguments: [
        ["compare", "--no-config", "--host", uri, "guest.xml"], ["compare", "--no-config", "--table", "--host", uri, "guest.xml"],
        ["show", "--no-config", "--host", uri, "guest.xml"], ["diff", "--no-config", "--host", uri, "guest.xml", "guest.xml"],
        ["host", "--no-config", "--why-not", "Haswell", uri], ["fleet", "matrix", "--host", uri, "facts"],
        ["fleet", "what-if", "--without", "hv02", "--host", uri, "--host", "hv02.xml", "facts"],
        ["fleet", "report", "--output", "answer", "--host", uri, "facts"], ["verdicts", "--host", uri, "facts"],
    ])
    func noDomainCapabilities(_ arguments: [String]) throws {
        let scratch = TemporaryDirectory()
        scratch.write(
            "capabilities.xml", Self.capabilities.replacing(
                "</capabilities>",
                with: "<guest><os_type>hvm</os_type><arch name='x86_64'><emulator>/usr/bin/q</emulator><domain type='kvm'/></arch></guest></capabilities>"))
        scratch.write("hv02.xml", String(decoding: Definitions.example("hosts/hv02.capabilities.xml"), as: UTF8.self))
        scratch.write("guest.xml", Definitions.hostModel)
        let virsh = FakeVirsh("case \"$*\" in *' capabilities') cat '\(scratch.path)/capabilities.xml';; *) echo 'error: KVM is not supported' >&2; exit 1;; esac")
        func run(_ arguments: [String]) -> Outcome {
            var program = Program(arguments, in: scratch.path)
            program.environment = ["PATH=\(virsh.directory.path):/usr/bin:/bin"]
            return program.run()
        }
        scratch.write("facts", run(["facts", "guest.xml"]).text)
        let message = "\(Self.uri): error: KVM is not supported"
        let outcome = run(arguments)
        #expect(outcome.status == 2)
        // The line of compare is its message.
        #expect((outcome.errors + outcome.text).contains(message), "\(outcome.errors)")
        guard arguments[0] != "verdicts" else { return }
        let lines = run(arguments + ["--format", "json-lines"])
        let answer = arguments.contains("--output") ? scratch.text("answer") : lines.text
        #expect(lines.status == 2 && !answer.isEmpty && answer.contains("KVM is not supported"), "\(answer)")
        if arguments[0] != "compare" || arguments.contains("--table") { #expect(answer.contains("\"rule\":\"not-judged\""), "\(answer)") }
    }

    @Test("A host that gives no domain capabilities does not keep git from showing a file")
    func noDomainCapabilitiesForGit() {
        let scratch = TemporaryDirectory()
        let virsh = FakeVirsh("exit 1")
        var program = Program(["show", "--no-config", "--with-source", "--host", Self.uri, scratch.write("guest.xml", Definitions.hostModel)])
        program.environment = ["PATH=\(virsh.directory.path):/usr/bin:/bin"]
        let outcome = program.run()
        #expect(outcome.status == 0 && outcome.text.hasPrefix("cannot be shown: ") && outcome.text.hasSuffix(Definitions.hostModel), "\(outcome.errors)")
    }

    @Test("No virsh")
    func missing() {
        expectFault(
            "\(Self.uri): error: virsh is not installed, and is needed to query a libvirt URI", path: "/nonexistent",
            options: ["--host", Self.uri])
    }

    @Test("A virsh that hangs: --timeout ends it", .timeLimit(.minutes(Corpus.patience)))
    func hangs() {
        let virsh = FakeVirsh("exec sleep 3600")
        let outcome = run(["filter", "--no-config", "--host", Self.uri], timeout: 1, path: virsh.directory.path)
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors == "\(Self.uri): error: virsh capabilities did not answer within 1 s\n")
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
