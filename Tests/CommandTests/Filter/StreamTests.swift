import Glibc
import TestSupport
import Testing

@Suite("Input and output")
struct StreamTests {
    private func filter(_ input: Program.Input, _ output: Program.Output = .captured) -> Program {
        Program(["filter", "--no-config", "--default", "host-model", "--quiet"], input: input, output: output)
    }

    @Test("Input that cannot be read: exit 2", arguments: ["a directory", "closed"])
    func unreadable(_ kind: String) {
        let outcome = filter(kind == "closed" ? .closed : .file("/tmp")).run()
        #expect(outcome.status == 2)
        #expect(outcome.output == [])
        #expect(outcome.errors == "virt-cpu: error: cannot read stdin: \(kind == "closed" ? "Bad file descriptor" : "Is a directory")\n")
    }

    @Test("A FIFO, written to piece by piece")
    func namedPipe() {
        let ends = fifo()
        let program = filter(.descriptor(ends.read)).start()
        close(ends.read)
        for byte in Definitions.passthrough.utf8 { #expect(writeAll([byte], to: ends.write)) }
        close(ends.write)
        let outcome = program.wait()
        #expect(outcome.status == 0)
        #expect(outcome.text == Definitions.hostModel)
        #expect(outcome.errors == "")
    }

    @Test("A finished domain is written before the input ends")
    func eager() {
        let input = fifo(), output = fifo()
        let program = filter(.descriptor(input.read), .descriptor(output.write)).start()
        close(input.read)
        close(output.write)
        #expect(writeAll(Array(Definitions.passthrough.utf8), to: input.write))
        // This would wait for ever if the domain were held back. Its last line feed may be.
        var written: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while written.count < Definitions.hostModel.utf8.count - 1 {
            let got = read(output.read, &buffer, buffer.count)
            guard got > 0 else { break }
            written += buffer[..<got]
        }
        #expect(Definitions.hostModel.hasPrefix(String(decoding: written, as: UTF8.self)))
        close(input.write)
        #expect(String(decoding: written + readAll(output.read), as: UTF8.self) == Definitions.hostModel)
        #expect(program.wait().status == 0)
        close(output.read)
    }

    @Test("Output that cannot be written: exit 2, and one message", arguments: ["closed", "/dev/full"])
    func unwritable(_ kind: String) {
        let output = kind == "closed" ? Program.Output.closed : .file(kind)
        let message = "virt-cpu: error: cannot write to stdout: \(kind == "closed" ? "Bad file descriptor" : "No space left on device")\n"
        let outcome = filter(.text(Definitions.passthrough), output).run()
        #expect(outcome.status == 2)
        #expect(outcome.errors == message)
        // More output than the buffer holds.
        let long = filter(.text(String(repeating: Definitions.passthrough, count: 5000)), output).run()
        #expect(long.status == 2)
        #expect(long.errors == message)
        let check = Program(["check", "--no-config", "--default", "keep", "-"], input: .text(Definitions.passthrough), output: output).run()
        #expect(check.status == 2)
        #expect(check.errors == message)
        for arguments in [["explain"], ["--help"], ["--version"]] {
            let outcome = Program(arguments, output: output).run()
            #expect(outcome.status == 2)
            #expect(outcome.errors == message)
        }
    }

    @Test("A pipe that nobody reads ends the program quietly", arguments: ["filter", "check"])
    func brokenPipe(_ command: String) {
        let ends = fifo()
        close(ends.read)
        var program = filter(.text(Definitions.passthrough), .descriptor(ends.write))
        if command == "check" { program.arguments = ["check", "--no-config", "--default", "keep", "-"].map { Array($0.utf8) } }
        let outcome = program.run()
        #expect(outcome.status == nil)
        #expect(outcome.signal == SIGPIPE)
        #expect(outcome.errors == "")
        program.ignoresBrokenPipe = true
        let told = program.run()
        close(ends.write)
        #expect(told.status == 2)
        #expect(told.errors == "virt-cpu: error: cannot write to stdout: Broken pipe\n")
    }

    /// A domain that is longer than the output's buffer, and is written while the report waits.
    private static let long = "<domain type='kvm'><name>g</name><cpu mode='host-passthrough'/>"
        + String(repeating: "<metadata/>\n", count: 25_000) + "</domain>\n"

    private static func reporting(_ input: Program.Input, _ output: Program.Output) -> Program {
        Program(["filter", "--no-config", "--default", "keep", "--fail-on", "never"], input: input, output: output)
    }

    @Test("A finding in a long domain is written before the domain")
    func findingBeforeItsDomain() {
        let directory = TemporaryDirectory()
        directory.write("both", "")
        let both = open("\(directory.path)/both", O_WRONLY | O_APPEND | O_CLOEXEC)
        defer { close(both) }
        var program = Self.reporting(.text(Self.long), .descriptor(both))
        program.errors = both
        #expect(program.run().status == 0)
        let text = directory.text("both")
        #expect(text.hasPrefix("<stdin>:1:"))
        #expect(text.hasSuffix(Self.long))
    }

    @Test("A finding is reported though nobody reads the output")
    func findingOnABrokenPipe() {
        let ends = fifo()
        close(ends.read)
        let outcome = Self.reporting(.text(Self.long), .descriptor(ends.write)).run()
        close(ends.write)
        #expect(outcome.signal == SIGPIPE)
        #expect(outcome.errors.contains("[host-passthrough]"))
    }

    @Test("Stderr that cannot be written changes nothing else")
    func silentErrors() {
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { close(full) }
        var program = Program(["filter", "--no-config", "--default", "host-model"], input: .text(Definitions.passthrough))
        program.errors = full
        let outcome = program.run()
        #expect(outcome.status == 0)
        #expect(outcome.text == Definitions.hostModel)
    }
}
