import Glibc
import TestSupport
import Testing

@Suite("check --fix, ended by a signal")
struct InterruptedFixTests {
    /// A definition with a feature that is listed several times.
    private static func definition(_ count: Int) -> String {
        Definitions.guest("<cpu mode='host-model'>\(String(repeating: "<feature policy='require' name='pcid'/>", count: count))</cpu>")
    }

    /// Other signals that end a program, those of crashes included, and the first and the last real-time signal.
    private static let others = [SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ, SIGPROF, SIGABRT, SIGSEGV, __libc_current_sigrtmin(), 64]

    private let fixed = Self.definition(1)

    private func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Waits until a file is fixed, or the program has ended.
    private func wait(for path: String, _ running: RunningProgram) {
        while size(path) != fixed.utf8.count, running.peakMemory != nil { usleep(100) }
    }

    private func content(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        return String(decoding: readAll(descriptor), as: UTF8.self)
    }

    /// Fills the directory with definitions.
    private func fill(_ directory: TemporaryDirectory, _ names: [String], with odd: String) {
        for name in names { directory.write("vms/\(name)", odd) }
    }

    /// How many of the files are fixed. Each must be the old or the new one, and only SIGKILL may leave a temporary file.
    private func check(
        _ directory: TemporaryDirectory, _ names: [String], were odd: String, after signal: Int32, _ comment: Comment
    ) -> Int {
        var done = 0
        for name in names {
            let text = content("\(directory.path)/vms/\(name)")
            #expect(text == odd || text == fixed, comment)
            if text == fixed { done += 1 }
        }
        let left = Corpus.names(in: "\(directory.path)/vms").filter { !$0.hasSuffix(".xml") }
        #expect(signal == SIGKILL ? left.allSatisfy { $0.hasPrefix(".virt-cpu.") } : left.isEmpty, "\(left)")
        left.forEach { unlink("\(directory.path)/vms/\($0)") }
        return done
    }

    private func command(_ options: String..., in directory: TemporaryDirectory) -> Program {
        Program(["check", "--no-config", "--default", "keep", "--fix"] + options + ["vms"], in: directory.path)
    }

    @Test("Whenever it ends, every file is the old or the new one; a later run fixes the others", arguments: [SIGKILL, SIGTERM, SIGINT, SIGHUP] + others)
    func anyTime(_ signal: Int32) {
        let directory = TemporaryDirectory(isInMemory: true)
        let names = (0..<300).map { "\($0).xml" }, odd = Self.definition(2)
        for mark in ["0", "1", "10", "150"] {
            fill(directory, names, with: odd)
            let running = command("-q", in: directory).start()
            // The signal is sent when a certain file has been fixed, which is mostly in the middle of the work.
            wait(for: "\(directory.path)/vms/\(mark).xml", running)
            kill(running.process, signal)
            let outcome = running.wait()
            #expect(outcome.signal == signal || outcome.status == 0)
            _ = check(directory, names, were: odd, after: signal, "after \(mark).xml")
        }
        #expect(command("-q", in: directory).run().status == 0)
        #expect(check(directory, names, were: odd, after: signal, "at the end") == names.count)
    }

    @Test("It ends in the middle of the work, while nobody reads its output", arguments: [SIGKILL, SIGTERM, SIGINT, SIGHUP])
    func stuck(_ signal: Int32) {
        let directory = TemporaryDirectory(isInMemory: true)
        // The findings of all files are more than the program keeps and the pipe holds.
        let names = (100..<400).map { "\($0).xml" }, odd = Self.definition(8)
        fill(directory, names, with: odd)
        let ends = fifo()
        defer { close(ends.read) }
        let setPipeSize: Int32 = 1031
        _ = fcntl(ends.write, setPipeSize, 4096)
        var program = command(in: directory)
        program.output = .descriptor(ends.write)
        let running = program.start()
        close(ends.write)
        wait(for: "\(directory.path)/vms/\(names[20])", running)
        kill(running.process, signal)
        #expect(running.wait().signal == signal)
        let done = check(directory, names, were: odd, after: signal, "stuck")
        #expect(done > 0 && done < names.count)
    }

    @Test("Beyond the limit of a file's size, the file stays the old one, and the program says so")
    func fileSizeLimit() {
        let directory = TemporaryDirectory()
        let odd = Self.definition(2).replacing("</domain>", with: String(repeating: " ", count: 8000) + "</domain>")
        directory.write("vms/a.xml", odd)
        var program = Program([], in: directory.path)
        program.executable = "/bin/sh"
        program.arguments = ["-c", "ulimit -f 4; exec \"$0\" check --no-config --default keep --fix vms", Program.path].map { Array($0.utf8) }
        let outcome = program.run()
        #expect(outcome.status == 2 && outcome.errors.contains("vms/a.xml: not changed: cannot write: File too large"), "\(outcome.errors)")
        #expect(directory.text("vms/a.xml") == odd)
        #expect(Corpus.names(in: "\(directory.path)/vms") == ["a.xml"])
    }
}
